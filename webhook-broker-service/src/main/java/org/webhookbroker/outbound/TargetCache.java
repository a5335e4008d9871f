package org.webhookbroker.outbound;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The targets of URLs. The same URLs come with every call, and to parse one costs a quarter of what the call costs. Whoever may
 * register consumers chooses the URLs, so their bytes are counted. Thread-safe.
 */
final class TargetCache {
    /** For 10,000 URLs of usual length. */
    private static final long MAX_BYTES = 8 << 20;

    /** Objects around the texts. */
    private static final int OVERHEAD = 400;

    private final Map<String, Target> known = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();

    Target of(String url) throws BadCall {
        Target found = known.get(url);
        if (found != null) {
            return found;
        }
        Target target = Target.parse(url);
        if (known.putIfAbsent(url, target) == null && bytes.addAndGet(size(url, target)) > MAX_BYTES) {
            known.clear(); // A user changes them all day; those in use are soon known again.
            bytes.set(0);
        }
        return target;
    }

    long bytes() {
        return known.entrySet().stream()
                .mapToLong(entry -> size(entry.getKey(), entry.getValue()))
                .sum();
    }

    private static long size(String url, Target target) {
        int auth = target.basicAuth().map(String::length).orElse(0);
        return OVERHEAD + 2L * url.length() + target.path().length() + auth;
    }
}
