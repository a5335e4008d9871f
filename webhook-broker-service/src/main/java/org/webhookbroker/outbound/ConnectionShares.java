package org.webhookbroker.outbound;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.core5.http.HttpHost;

/**
 * Calls under way, to each host and to all. A consumer may have as many as are still free (the dynamic threshold of
 * shared-memory switches, Choudhury and Hahne, 1998), so that the first consumers that hang do not take all. A quarter is
 * kept for consumers that have hardly any, so that dozens of hung consumers of one host leave some for others (G6). Thread-safe.
 */
final class ConnectionShares {
    /** So many calls a consumer may take from the part that is kept. */
    static final int FEW = 2;

    private static final int KEPT_SHARE = 4;

    private final int perHost;
    private final int overall;
    private final ConcurrentMap<HttpHost, Integer> byHost = new ConcurrentHashMap<>();
    private final AtomicInteger all = new AtomicInteger();

    /**
     * @param perHost connections that there may be to one scheme, host and port
     * @param overall calls that there may be
     */
    ConnectionShares(int perHost, int overall) {
        this.perHost = perHost;
        this.overall = overall;
    }

    /** @param ofConsumer calls to this consumer that are under way */
    boolean hasFor(HttpHost host, int ofConsumer) {
        return fits(ofConsumer, perHost, byHost.getOrDefault(host, 0)) && fits(ofConsumer, overall, all.get());
    }

    private static boolean fits(int ofConsumer, int limit, int taken) {
        int free = limit - taken;
        return ofConsumer < FEW ? free > 0 : ofConsumer < free - limit / KEPT_SHARE;
    }

    boolean isFull() {
        return all.get() >= overall;
    }

    void take(HttpHost host) {
        all.incrementAndGet();
        byHost.merge(host, 1, Integer::sum);
    }

    void giveBack(HttpHost host) {
        all.decrementAndGet();
        byHost.computeIfPresent(host, (same, calls) -> calls == 1 ? null : calls - 1);
    }

    int taken() {
        return all.get();
    }
}
