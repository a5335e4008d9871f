package org.webhookbroker.quota;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Meters by id. The one that was not asked for longest is forgotten once it is full again, or when there are too many (G8). Not
 * thread-safe.
 */
final class MeterMap {
    private static final int FIRST_SIZE = 16;
    private static final float LOAD_FACTOR = 0.75f;

    private final int most;
    private final Map<String, Meter> meters = new LinkedHashMap<>(FIRST_SIZE, LOAD_FACTOR, true);

    MeterMap(int most) {
        this.most = most;
    }

    Meter of(String id, long now, Supplier<Meter> full) {
        Meter known = meters.get(id);
        if (known != null) {
            return known;
        }
        makeRoom(now);
        Meter meter = full.get();
        meters.put(id, meter);
        return meter;
    }

    int size() {
        return meters.size();
    }

    /** Two for each that comes, so that they become fewer again after many have sent something. */
    private void makeRoom(long now) {
        Iterator<Meter> longestUnasked = meters.values().iterator();
        for (int i = 0; i < 2 && longestUnasked.hasNext(); i++) {
            if (!longestUnasked.next().isFull(now) && meters.size() < most) {
                return;
            }
            longestUnasked.remove();
        }
    }
}
