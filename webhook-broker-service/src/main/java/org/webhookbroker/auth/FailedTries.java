package org.webhookbroker.auth;

import com.google.common.net.InetAddresses;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Tries with a wrong key or token, by address: some are free, then each makes the time longer for which further ones are refused at once.
 * What is right is never refused: behind a proxy all clients have one address, and nobody guesses 256 random bits. Thread-safe.
 */
public final class FailedTries {
    /** An address has so many at once, and then one each {@link #INTERVAL}. */
    static final int FREE = 20;

    static final Duration INTERVAL = Duration.ofSeconds(3);
    static final Duration LONGEST = Duration.ofMinutes(1);

    /** Of addresses that wait, and of those that do not yet, each. */
    static final int MOST = 5_000;

    private static final long FREE_NANOS = INTERVAL.toNanos() * (FREE - 1);

    /**
     * When the address has all its free tries again. Two maps, so that those who only failed now and then, however many there are, do not
     * make us forget those who wait: for that, as many other addresses must use up their free tries. Each forgets who failed longest ago.
     */
    private final Map<String, Long> few = new Bounded();

    private final Map<String, Long> many = new Bounded();
    private final LongSupplier nanos;
    private final Counter failures;

    FailedTries(LongSupplier nanos, PrometheusRegistry metrics) {
        this.nanos = nanos;
        this.failures = Counter.builder()
                .name("webhook_broker_auth_failures_total")
                .help("Requests with a key that does not hold, or with a wrong token in place of one")
                .register(metrics);
    }

    /** Counts a failed try. Returns zero if it was a free one, otherwise how long the address is to wait before the next. */
    public Duration failed(String address) {
        failures.inc();
        String network = network(address);
        synchronized (this) {
            long now = nanos.getAsLong();
            long full = full(network);
            boolean wasFree = left(full, now).isZero();
            long longest = now + FREE_NANOS + LONGEST.toNanos();
            long next = (full - now > 0 ? full : now) + INTERVAL.toNanos();
            next = next - longest > 0 ? longest : next;
            few.remove(network);
            many.remove(network);
            Duration wait = left(next, now);
            (wait.isZero() ? few : many).put(network, next);
            return wasFree ? Duration.ZERO : wait;
        }
    }

    synchronized int size() {
        return few.size() + many.size();
    }

    private long full(String network) {
        Long known = many.getOrDefault(network, few.get(network));
        return known == null ? nanos.getAsLong() : known;
    }

    private static Duration left(long full, long now) {
        return Duration.ofNanos(Math.max(full - now - FREE_NANOS, 0));
    }

    /**
     * What one client has: an address of IPv4, also if it is written as one of IPv6, or the first half of one of IPv6.
     *
     * @param address as the server has it, which may be in brackets and have a zone
     */
    static String network(String address) {
        String plain = address.replaceAll("[\\[\\]]|%.*", "");
        if (!InetAddresses.isInetAddress(plain)) {
            return "unknown";
        }
        InetAddress parsed = InetAddresses.forString(plain);
        byte[] bytes = parsed.getAddress();
        return HexFormat.of()
                .formatHex(parsed instanceof Inet6Address ? Arrays.copyOf(bytes, bytes.length / 2) : bytes);
    }

    private static final class Bounded extends LinkedHashMap<String, Long> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST;
        }
    }
}
