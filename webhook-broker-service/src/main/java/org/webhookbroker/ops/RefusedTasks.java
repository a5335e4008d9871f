package org.webhookbroker.ops;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.webhookbroker.database.Xid;

/**
 * Which calls of tasks by keys that may not run them are recorded: one a minute for each key. Otherwise whoever has any key could push out
 * what others did from the audit, and take the lines of others from its log. Thread-safe.
 */
final class RefusedTasks {
    static final Duration PAUSE = Duration.ofMinutes(1);
    /** As many keys as there may be. */
    static final int MOST = 10_000;

    private record Last(long nanos, long leftOut) {}

    /** By the id of the key, the one that was recorded longest ago first. */
    private final Map<Xid, Last> recorded = new LinkedHashMap<>();

    private final LongSupplier nanos;

    RefusedTasks(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** How many calls of the key were left out before this one; empty if this one is left out too. */
    synchronized OptionalLong toRecord(Xid key) {
        long now = nanos.getAsLong();
        Last last = recorded.get(key);
        if (last != null && now - last.nanos < PAUSE.toNanos()) {
            recorded.put(key, new Last(last.nanos, last.leftOut + 1));
            return OptionalLong.empty();
        }
        recorded.remove(key);
        recorded.put(key, new Last(now, 0));
        if (recorded.size() > MOST) {
            recorded.remove(recorded.keySet().iterator().next());
        }
        return OptionalLong.of(last == null ? 0 : last.leftOut);
    }

    synchronized int size() {
        return recorded.size();
    }
}
