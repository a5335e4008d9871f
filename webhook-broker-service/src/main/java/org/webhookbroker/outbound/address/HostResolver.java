package org.webhookbroker.outbound.address;

import java.net.IDN;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.core5.net.InetAddressUtils;

/**
 * Looks hosts up beside the calls, one question per host at a time, and remembers the answers. It judges none: what one consumer may
 * call, another may not. While DNS is slow or swamped by look-ups of other hosts, an old answer stays in use for some minutes (G6).
 * HttpClient, which would block on DNS while connecting, only ever reads what is known here. Thread-safe.
 */
public final class HostResolver implements DnsResolver {
    /** Asks the name service for all addresses of a host; may block. */
    @FunctionalInterface
    public interface Lookup {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    public static final Duration ANSWER_TTL = Duration.ofSeconds(30);
    static final Duration FAILURE_TTL = Duration.ofSeconds(5);
    /** How long an old answer serves while the next one is not there (RFC 8767; it allows days, but addresses are to be guarded). */
    static final Duration STALE_TTL = Duration.ofMinutes(5);
    /** How long the next one is waited for first: the client response timer of RFC 8767, section 5. */
    static final Duration PATIENCE = Duration.ofMillis(1800);

    /** With {@link #MAX_ADDRESSES} and long names 20 MB. */
    static final int MAX_HOSTS = 10_000;

    /** Kept of a host, and no others are called; who answers for a name may name thousands, and each costs a connect. */
    static final int MAX_ADDRESSES = 8;

    private final Lookup lookup;
    private final LookupTurns turns;
    private final LongSupplier nanoTime;
    private final ConcurrentMap<String, HostAnswer> hosts = new ConcurrentHashMap<>();

    public HostResolver(Lookup lookup, LookupTurns turns, LongSupplier nanoTime) {
        this.lookup = lookup;
        this.turns = turns;
        this.nanoTime = nanoTime;
    }

    /** The addresses of the host, or a failure that is an {@link UnknownHostException}. Never blocks. */
    public CompletableFuture<List<InetAddress>> lookup(String host) {
        if (isAddress(host)) {
            return literal(host);
        }
        HostAnswer known = hosts.get(host);
        if (known != null && known.isFresh(nanoTime.getAsLong())) {
            return known.soon(nanoTime.getAsLong());
        }
        HostAnswer question = new HostAnswer(known, nanoTime.getAsLong());
        HostAnswer current = hosts.compute(
                host, (name, found) -> found != null && found.isFresh(nanoTime.getAsLong()) ? found : question);
        if (current == question) {
            forgetOld();
            ask(host, question);
        }
        return current.soon(nanoTime.getAsLong());
    }

    /** Whether the host is itself an address, which needs no look-up. */
    public static boolean isAddress(String host) {
        return InetAddressUtils.isIPv4(host) || host.indexOf(':') >= 0;
    }

    /** A dot at the end is the same host, spelled in full. */
    public static String undotted(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private CompletableFuture<List<InetAddress>> literal(String host) {
        try {
            return CompletableFuture.completedFuture(few(InetAddress.getAllByName(host)));
        } catch (UnknownHostException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** In ASCII: {@code HttpHost} (5.4) decodes names that begin with {@code xn--}, and DNS knows only the encoded form. */
    private void ask(String host, HostAnswer question) {
        Runnable giveUp = () -> question.giveUp(
                new UnknownHostException(host + ": too many look-ups are waiting"), nanoTime.getAsLong());
        try {
            turns.execute(host, () -> answer(host, question), giveUp);
        } catch (RejectedExecutionException e) {
            giveUp.run();
        }
    }

    private void answer(String host, HostAnswer question) {
        try {
            String name = IDN.toASCII(host, IDN.ALLOW_UNASSIGNED);
            question.answer(few(lookup.addresses(name)), nanoTime.getAsLong());
        } catch (UnknownHostException e) {
            question.fail(e, nanoTime.getAsLong());
        } catch (Throwable e) { // A question that never ended would block all later ones about this host.
            question.fail(new UnknownHostException(host + ": " + e), nanoTime.getAsLong());
        }
    }

    private static List<InetAddress> few(InetAddress[] addresses) {
        return Arrays.stream(addresses).limit(MAX_ADDRESSES).toList();
    }

    /** Whoever may register consumers chooses the hosts. Answers that are too old go first, then those that were asked for first. */
    private void forgetOld() {
        if (hosts.size() > MAX_HOSTS) {
            long now = nanoTime.getAsLong();
            hosts.values().removeIf(entry -> entry.isDone() && !entry.isFresh(now));
            if (hosts.size() > MAX_HOSTS) {
                hosts.values().removeAll(oldest(MAX_HOSTS / 10, now));
            }
        }
    }

    private Set<HostAnswer> oldest(int count, long now) {
        return hosts.values().stream()
                .filter(entry -> entry.isDone())
                .sorted(Comparator.comparingLong(entry -> entry.askedAt() - now))
                .limit(count)
                .collect(Collectors.toSet());
    }

    /** Hosts that are remembered. */
    int size() {
        return hosts.size();
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        return known(host).toArray(InetAddress[]::new);
    }

    @Override
    public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
        return known(host).stream()
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    /** What the latest look-up said, however old: a call may have waited a while for its turn to connect. */
    private List<InetAddress> known(String host) throws UnknownHostException {
        if (isAddress(host)) {
            return few(InetAddress.getAllByName(host));
        }
        HostAnswer entry = hosts.get(host);
        List<InetAddress> addresses = entry == null ? null : entry.addresses();
        if (addresses == null) {
            throw new UnknownHostException(host);
        }
        return addresses;
    }
}
