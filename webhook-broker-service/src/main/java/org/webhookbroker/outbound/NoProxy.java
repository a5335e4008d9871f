package org.webhookbroker.outbound;

import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.net.InetAddressUtils;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.outbound.address.HostResolver;
import org.webhookbroker.outbound.address.Network;

/**
 * The hosts that are called without a proxy: this machine, and those of a list by the rules of Go's {@code x/net/http/httpproxy},
 * since the list is mostly the NO_PROXY that other programs read too. For the same reason malformed entries are ignored.
 * Immutable.
 */
final class NoProxy {
    private static final Pattern ENTRY = Pattern.compile("(?:\\[([^]]*)]|([^:]*))(?::([0-9]*))?");

    private record Callee(String name, int port, @Nullable InetAddress address) {}

    private final List<Predicate<Callee>> rules;

    private NoProxy(List<Predicate<Callee>> rules) {
        this.rules = rules;
    }

    static NoProxy parse(String list) {
        return new NoProxy(Arrays.stream(list.split(","))
                .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                .filter(entry -> !entry.isEmpty())
                .map(NoProxy::rule)
                .toList());
    }

    /** @param target with its port */
    boolean covers(HttpHost target) {
        String name = ascii(
                HostResolver.undotted(target.getHostName())); // HttpHost has made xn--bcher-kva.de what it stands for.
        InetAddress address = address(name);
        Callee callee = new Callee(name, target.getPort(), address);
        return name.equals("localhost")
                || (address != null && address.isLoopbackAddress())
                || rules.stream().anyMatch(rule -> rule.test(callee));
    }

    private static Predicate<Callee> rule(String entry) {
        if (entry.equals("*")) {
            return callee -> true;
        }
        if (entry.indexOf('/') >= 0 || address(entry) != null) {
            return network(entry);
        }
        Matcher matcher = ENTRY.matcher(entry);
        if (!matcher.matches()) {
            return callee -> false;
        }
        String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        Predicate<Callee> rule = address(host) != null ? network(host) : name(host);
        String port = matcher.group(3);
        return port == null || port.isEmpty()
                ? rule
                : rule.and(callee -> Integer.toString(callee.port()).equals(port));
    }

    private static Predicate<Callee> network(String entry) {
        try {
            Network network = Network.parse(entry);
            return callee -> callee.address() != null && network.contains(callee.address());
        } catch (IllegalArgumentException e) {
            return callee -> false;
        }
    }

    private static Predicate<Callee> name(String written) {
        String name = ascii(HostResolver.undotted(written.startsWith("*.") ? written.substring(1) : written));
        if (name.isEmpty()) {
            return callee -> false;
        }
        return name.startsWith(".")
                ? callee -> callee.name().endsWith(name)
                : callee -> callee.name().equals(name) || callee.name().endsWith("." + name);
    }

    private static String ascii(String name) {
        try {
            return name.startsWith(".") ? "." + IDN.toASCII(name.substring(1)) : IDN.toASCII(name);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }

    /** Null unless the host is an address; asks no DNS. */
    private static @Nullable InetAddress address(String host) {
        try {
            if (host.indexOf(':') >= 0) {
                return InetAddress.getByName("[" + host + "]"); // Brackets never reach DNS.
            }
            return InetAddressUtils.isIPv4(host) ? InetAddress.getByName(host) : null;
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
