package org.webhookbroker.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.background.Incarnation;

/**
 * Starts the attempts of one lane: says which of its jobs is next, and whether the consumer may be called now. Thread-safe: the monitor
 * of the lane guards it, with the other parts of the lane.
 */
final class Attempts {
    private final Lane lane;
    private final LaneRoom room;
    private final Incarnation incarnation;
    private final Sender sender;
    private final ReadyJobs ready;
    private final Availability availability;
    private final Pump pump = new Pump(this::startAll);

    /** @param lane whose monitor guards {@code room} too */
    Attempts(Lane lane, LaneRoom room, LaneLimits limits, Incarnation incarnation, Sender sender) {
        this.lane = lane;
        this.room = room;
        this.incarnation = incarnation;
        this.sender = sender;
        this.ready = new ReadyJobs(limits);
        this.availability = new Availability(limits, ready);
    }

    /** See {@link Lane#add}. */
    boolean add(HeldJob job) {
        synchronized (lane) {
            boolean mayRun = !room.isClosed() && job.lease().holder() == incarnation.id();
            if (mayRun) {
                ready.add(job, job.lease().id().equals(room.suspect()));
            }
            return mayRun;
        }
    }

    /** Starts as many attempts as may run. Any thread. */
    void pump() {
        pump.run();
    }

    private void startAll() {
        for (HeldJob job = next(); job != null; job = next()) {
            sender.send(lane, job);
        }
    }

    private @Nullable HeldJob next() {
        synchronized (lane) {
            boolean mayStart =
                    !room.isClosed() && ready.mayStart() && availability.mayCall() && incarnation.isCurrent();
            return mayStart && senderHasRoom() ? ready.start() : null;
        }
    }

    private boolean senderHasRoom() {
        return sender.hasRoom(lane.consumer(), ready.inFlight());
    }

    /** An attempt has ended; its room stays taken until the outcome is settled. Returns what operators should know. */
    Optional<String> completed(HeldJob job, Contact contact) {
        synchronized (lane) {
            ready.ended(job);
            return availability.attempted(contact);
        }
    }

    boolean mayCall() {
        return ask(Availability::mayCall);
    }

    /** Whether a suspect that is leased now would be tried next. */
    boolean takesSuspects() {
        synchronized (lane) {
            return room.suspect() == null && availability.triesNext() && senderHasRoom();
        }
    }

    /** Whether the consumer may be called, for whoever asks for more than that. */
    <T> T ask(Function<Availability, T> question) {
        synchronized (lane) {
            return question.apply(availability);
        }
    }

    /** No attempt and no look for this long. Then {@link LeaseLoop} wakes the lane, as it pumps all of them again and again. */
    void rest(Duration pause) {
        synchronized (lane) {
            availability.rest(pause);
        }
    }

    int inFlight() {
        synchronized (lane) {
            return ready.inFlight();
        }
    }

    /** Takes out the jobs that were not tried, for the caller to release or to forget. */
    List<HeldJob> drain() {
        synchronized (lane) {
            return ready.drain();
        }
    }
}
