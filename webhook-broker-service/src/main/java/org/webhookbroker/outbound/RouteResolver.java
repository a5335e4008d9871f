package org.webhookbroker.outbound;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.core5.concurrent.BasicFuture;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.reactor.IOSession;
import org.webhookbroker.outbound.address.AddressGuard;
import org.webhookbroker.outbound.address.AddressPolicy;
import org.webhookbroker.outbound.address.BlockedAddressException;
import org.webhookbroker.outbound.address.HostResolver;
import org.webhookbroker.outbound.address.OwnListeners;

/**
 * Where the connection of a call goes: to its target, whose addresses the guard judges, or to a proxy, which the operator
 * has configured and which mostly has a private address. A target behind a proxy is not looked up: only the proxy may know its name, and
 * could find another address than we did. Thread-safe.
 */
final class RouteResolver implements DnsResolver {
    /** Names that old rules read as addresses: {@code 2852039166}, {@code 0xa9.254.43518}, {@code 169.254.169.254.} */
    private static final Pattern NUMBER_AT_END = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0x[0-9a-f]*)\\.?");

    private final Proxies proxies;
    private final HostResolver targets;
    private final HostResolver trusted;
    private final AddressGuard guard;
    private final OwnListeners.Guard self;

    /**
     * @param targets looks targets up
     * @param trusted looks proxies and the database up: however many targets there are, these are remembered
     */
    RouteResolver(Proxies proxies, HostResolver targets, HostResolver trusted, AddressGuard guard, OwnListeners own) {
        this.proxies = proxies;
        this.targets = targets;
        this.trusted = trusted;
        this.guard = guard;
        this.self = new OwnListeners.Guard(own, OwnListeners.Machine.ofInterfaces(), trusted);
    }

    /** @param target with its port */
    Optional<HttpProxy> proxy(HttpHost target) {
        return proxies.of(target);
    }

    /**
     * Prepares the connection to the target, or to the proxy if there is one; fails if the target may not be called or what is
     * called first is not found, with an {@link UnknownHostException}. Never blocks.
     */
    CompletableFuture<List<InetAddress>> lookup(HttpHost target, Optional<HttpProxy> proxy, CallRoute route) {
        String name = target.getHostName();
        HttpHost first = proxy.map(HttpProxy::host).orElse(target);
        if (proxy.isPresent() && !HostResolver.isAddress(name)) {
            return NUMBER_AT_END.matcher(name).matches()
                    ? CompletableFuture.failedFuture(
                            new UnknownHostException(name)) // The proxy might take it for an address.
                    : trusted.lookup(first.getHostName());
        }
        CompletableFuture<List<InetAddress>> judged =
                targets.lookup(name).thenCompose(addresses -> judge(target, addresses, route));
        return proxies.include(first.getHostName(), first.getPort())
                ? judged.thenCompose(addresses -> trusted.lookup(first.getHostName()))
                : judged;
    }

    /** What refuses all addresses of the target, if the policy is public; a failure if none is found. Never blocks. */
    CompletableFuture<Optional<String>> refusal(HttpHost target, CallRoute route) {
        String name = target.getHostName();
        boolean onlyProxyKnows = proxy(target).isPresent() && !HostResolver.isAddress(name);
        return guard.policy() != AddressPolicy.PUBLIC || onlyProxyKnows
                ? CompletableFuture.completedFuture(Optional.empty())
                : targets.lookup(name).thenApply(addresses -> guard.refusalOfAll(name, addresses, route.allowed()));
    }

    private CompletableFuture<List<InetAddress>> judge(HttpHost target, List<InetAddress> addresses, CallRoute route) {
        try {
            guard.require(target.getHostName(), addresses, route.allowed());
            return self.judge(target.getHostName(), target.getPort(), addresses);
        } catch (BlockedAddressException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Opens connections as the other does, to addresses that this exchange may use: since they were judged, another look-up may have
     * found others, for a consumer that may use them.
     */
    ConnectionInitiator judging(Exchange exchange, ConnectionInitiator other) {
        if (exchange.proxy().isPresent()) {
            return other;
        }
        return (endpoint, remote, local, timeout, attachment, callback) -> {
            try {
                guard.require(
                        exchange.host().getHostName(),
                        List.of(address(remote)),
                        exchange.route().allowed());
                return other.connect(endpoint, remote, local, timeout, attachment, callback);
            } catch (UnknownHostException e) {
                BasicFuture<IOSession> refused = new BasicFuture<>(callback);
                refused.failed(e);
                return refused;
            }
        };
    }

    private static InetAddress address(SocketAddress remote) throws UnknownHostException {
        if (remote instanceof InetSocketAddress socket && socket.getAddress() != null) {
            return socket.getAddress();
        }
        throw new UnknownHostException(String.valueOf(remote));
    }

    @Override
    public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
        if (proxies.include(host, port)) {
            return trusted.resolve(host, port);
        }
        List<InetSocketAddress> addresses = targets.resolve(host, port);
        self.require(
                host,
                port,
                addresses.stream().map(InetSocketAddress::getAddress).toList());
        return addresses;
    }

    /** HttpClient does not call this. */
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        return targets.resolve(host);
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }
}
