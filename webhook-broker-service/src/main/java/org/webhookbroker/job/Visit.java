package org.webhookbroker.job;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.background.Pace;
import org.webhookbroker.database.Xid;

/** One look at the queue of a consumer: where it begins in each section, and how far it has come. See {@link QueueMarks}. */
public final class Visit {
    /** A transaction may commit what it wrote this long ago, so no mark is younger. */
    static final Duration LAG = Duration.ofMillis(250);

    private final Pace pace;
    private final boolean paced;
    private final long begun;
    private final long additions;
    private final Map<Section, Instant> from;
    private final Map<Section, Instant> reached = new HashMap<>();
    private @Nullable LeaseHeads heads;
    private long nanos;

    /**
     * @param pace to be told how long it took
     * @param paced whether the pace decided that this look be full
     * @param from where to begin; empty for a full look
     */
    Visit(Pace pace, boolean paced, long begun, long additions, Map<Section, Instant> from) {
        this.pace = pace;
        this.paced = paced;
        this.begun = begun;
        this.additions = additions;
        this.from = from;
    }

    boolean isFull() {
        return from.isEmpty();
    }

    long begun() {
        return begun;
    }

    long additions() {
        return additions;
    }

    /** How long the first reading took. */
    long nanos() {
        return nanos;
    }

    /** The first reading. Begins anew where a transaction runs again. */
    LeaseHeads heads(Handle handle, Xid consumer) {
        long start = pace.now();
        LeaseHeads read = isFull() ? LeaseHeads.of(handle, consumer) : LeaseHeads.since(handle, consumer, from);
        nanos = pace.now() - start;
        heads = read;
        reached.clear();
        read.heads().forEach(head -> reached.put(head.section(), head.due()));
        return read;
    }

    /** What is left where there was something, or may be. */
    LeaseHeads headsAgain(Handle handle, Xid consumer) {
        Map<Section, Instant> seen = seen();
        return seen.isEmpty() ? LeaseHeads.of(handle, consumer) : LeaseHeads.since(handle, consumer, seen);
    }

    List<LeaseHeads.Head> due() {
        return heads == null ? List.of() : heads.due();
    }

    /** Where the first job is that may be left in this section. */
    Instant reached(LeaseHeads.Head head) {
        return reached.getOrDefault(head.section(), head.due());
    }

    /** All that were due before that are taken. */
    void reached(LeaseHeads.Head head, Instant due) {
        reached.put(head.section(), due);
    }

    /** Whether nothing is queued but in the sections that were seen. */
    boolean sawAll() {
        return heads != null && heads.complete() && reached.size() <= QueueMarks.MOST;
    }

    /** @param before how long the consumer's full look before took: what one alone takes longer was a stall */
    void paceNext(long before) {
        if (paced) {
            pace.took(Math.min(nanos, before));
        } else if (!isFull()) {
            pace.tookPlainly(nanos);
        }
    }

    /** The marks to which this look leads: by the clock of the database, and back with it where that was set back. */
    Map<Section, Instant> seen() {
        Instant now = heads == null ? null : heads.now();
        if (now == null || (isFull() && !sawAll())) {
            return Map.of();
        }
        Instant latest = now.minus(LAG);
        Map<Section, Instant> seen = new HashMap<>();
        from.keySet().forEach(section -> seen.put(section, latest));
        reached.forEach((section, due) -> seen.put(section, due.isBefore(latest) ? due : latest));
        return seen;
    }
}
