package org.webhookbroker.http.server;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.background.ByteBudget;

/**
 * Reads request bodies within a budget of bytes. None holds a thread while it is on its way (G6), and each must keep a pace. When there
 * is no room for more bytes, the body that is furthest behind the pace in need is ended, so that it keeps out none that arrives (G8).
 * Thread-safe.
 */
final class AwaitedBodies {
    /** A body that is so little behind may be on its way all the same: network and threads have their delays. */
    private static final Duration BEHIND = Duration.ofMillis(500);

    private final ByteBudget budget;
    private final Pace pace;
    private final Pace paceInNeed;
    private final Set<Reading> waiting = ConcurrentHashMap.newKeySet();

    /** @param paceInNeed what a body must keep while others want its memory: as fast as {@code pace}, or faster */
    AwaitedBodies(ByteBudget budget, Pace pace, Pace paceInNeed) {
        this.budget = budget;
        this.pace = pace;
        this.paceInNeed = paceInNeed;
    }

    /** @param limit bytes that the body may have; a length that is announced must be within it */
    void read(Request request, int limit, BodyReceiver receiver) {
        Reading reading = new Reading(request, limit, receiver);
        Request.addCompletionListener(request, ended -> reading.gone());
        reading.run();
    }

    /** The one furthest behind that nobody reads at this moment. False when there is none: two that read must not wait for each other. */
    private boolean endOneFor(Reading newcomer) {
        long now = System.nanoTime();
        return waiting.stream()
                .filter(each -> each != newcomer)
                .map(each -> new Behind(each, each.behind(now)))
                .filter(each -> each.nanos > BEHIND.toNanos())
                .sorted(Comparator.comparingLong(Behind::nanos).reversed()) // As of now: it changes meanwhile.
                .anyMatch(each -> each.reading.giveWay());
    }

    private record Behind(Reading reading, long nanos) {}

    /** What the look at a body has led to; done without the lock. */
    private interface Next {
        void go() throws Exception;
    }

    /** Reads what has arrived, and is called again when more arrives. */
    private final class Reading implements Runnable {
        private final Request request;
        private final BodyReceiver receiver;
        private final BodyBuffer body;
        private final @Nullable RequestUnderWay underWay;
        private final ReentrantLock lock = new ReentrantLock();
        private long keptUntil = System.nanoTime();
        /** Volatile, as it is compared with that of others; written under the lock. */
        private volatile long keptInNeedUntil = keptUntil;

        private boolean waits;
        private boolean ended;
        private Scheduler.@Nullable Task timer;

        Reading(Request request, int limit, BodyReceiver receiver) {
            this.request = request;
            this.receiver = receiver;
            this.body = new BodyBuffer(budget, limit, request.getLength());
            this.underWay = RequestUnderWay.of(request);
        }

        long behind(long now) {
            return now - keptInNeedUntil;
        }

        @Override
        public void run() {
            RequestId.inLog(request, () -> {
                try {
                    look().go();
                } catch (Throwable failure) {
                    receiver.failed(failure);
                }
            });
        }

        /** Nothing if somebody else has ended it. */
        private Next look() {
            lock.lock();
            try {
                return ended ? () -> {} : readWhatHasArrived();
            } finally {
                lock.unlock();
            }
        }

        private Next readWhatHasArrived() {
            while (true) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    await();
                    return () -> request.demand(this);
                }
                if (Content.Chunk.isFailure(chunk)) {
                    return refusal(BodyTrouble.of(request, chunk.getFailure()));
                }
                boolean last = chunk.isLast();
                Optional<BodyTrouble> trouble = add(chunk);
                chunk.release();
                if (trouble.isPresent()) {
                    return refusal(trouble.get());
                }
                if (last) {
                    end();
                    return () -> receiver.whole(body);
                }
            }
        }

        private Next refusal(BodyTrouble why) {
            end();
            return () -> refuse(why);
        }

        private Optional<BodyTrouble> add(Content.Chunk chunk) {
            int count = chunk.remaining();
            if (!body.mayTake(count)) {
                return Optional.of(BodyTrouble.TOO_LARGE);
            }
            while (!body.makeRoom(count)) {
                if (!endOneFor(this)) {
                    return Optional.of(BodyTrouble.NO_ROOM);
                }
            }
            body.add(chunk.getByteBuffer());
            long now = System.nanoTime();
            keptUntil = pace.keptUntil(keptUntil, count, now);
            keptInNeedUntil = paceInNeed.keptUntil(keptInNeedUntil, count, now);
            return Optional.empty();
        }

        private void await() {
            if (!waits) {
                waits = true;
                waiting.add(this);
                if (underWay != null) {
                    underWay.waits();
                }
                schedule();
            }
            if (underWay != null) {
                underWay.restsFrom(keptUntil);
            }
        }

        private void schedule() {
            long wait = Math.max(0, pace.due(keptUntil) - System.nanoTime());
            timer = request.getComponents().getScheduler().schedule(this::onTime, wait + 1, TimeUnit.NANOSECONDS);
        }

        private void onTime() {
            lock.lock();
            try {
                if (ended) {
                    return;
                }
                if (pace.due(keptUntil) - System.nanoTime() > 0) {
                    schedule();
                    return;
                }
                end();
            } finally {
                lock.unlock();
            }
            refuseApart(BodyTrouble.TOO_SLOW);
        }

        /** False if it is read at this moment, or has caught up: then it keeps its place. */
        private boolean giveWay() {
            if (!lock.tryLock()) {
                return false;
            }
            try {
                if (ended || behind(System.nanoTime()) <= BEHIND.toNanos()) {
                    return false;
                }
                end();
            } finally {
                lock.unlock();
            }
            refuseApart(BodyTrouble.NO_ROOM);
            return true;
        }

        /** The request has ended, before its body or after it. */
        private void gone() {
            lock.lock();
            try {
                end();
                body.release();
            } finally {
                lock.unlock();
            }
        }

        private void end() {
            ended = true;
            if (waits) {
                waits = false;
                waiting.remove(this);
                if (underWay != null) {
                    underWay.goesOn();
                }
            }
            if (timer != null) {
                timer.cancel();
            }
        }

        /** On a thread of its own: whoever writes the refusal waits for its reader, as neither the timer nor another request may. */
        private void refuseApart(BodyTrouble why) {
            body.release();
            try {
                request.getComponents().getExecutor().execute(() -> RequestId.inLog(request, () -> refuse(why)));
            } catch (RejectedExecutionException noThread) {
                receiver.failed(noThread);
            }
        }

        /** Once, by whoever has ended it. */
        private void refuse(BodyTrouble why) {
            body.release();
            receiver.refused(why);
        }
    }
}
