package org.webhookbroker.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.webhookbroker.database.Xid;

/**
 * When keys were used last, until a loop writes it: a request only leaves a note. There is at most one for each key that was found since
 * the last pass. Thread-safe.
 */
final class LastUses {
    /** Notes of one key are as far apart, so that a busy one does not write to the map with each request. */
    private static final Duration STEP = Duration.ofSeconds(1);

    private final KeyStore store;
    private final ConcurrentMap<Xid, Instant> notes = new ConcurrentHashMap<>();

    LastUses(KeyStore store) {
        this.store = store;
    }

    void used(ApiKey key, Instant now) {
        Instant noted = notes.get(key.id());
        if (noted == null || Duration.between(noted, now).abs().compareTo(STEP) >= 0) {
            notes.put(key.id(), now);
        }
    }

    /** One pass. What it cannot write, the next one does. */
    boolean write() {
        // In the order of ids, as on the other nodes: otherwise they would wait for each other's rows in a circle.
        Map<Xid, Instant> taken = new TreeMap<>(notes);
        if (!taken.isEmpty()) {
            store.used(taken);
            taken.forEach(notes::remove);
        }
        return false;
    }
}
