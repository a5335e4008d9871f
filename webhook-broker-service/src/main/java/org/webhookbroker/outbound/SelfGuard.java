package org.webhookbroker.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Refuses calls to what this broker itself listens on, and to its database. Thread-safe. */
final class SelfGuard {
    private final OwnListeners own;
    private final HostResolver trusted;

    /** @param trusted looks the database up, and judges nothing */
    SelfGuard(OwnListeners own, HostResolver trusted) {
        this.own = own;
        this.trusted = trusted;
    }

    /** The addresses as they came, or a failure that is a {@link BlockedAddressException}. Never blocks. */
    CompletableFuture<List<InetAddress>> judge(String host, int port, List<InetAddress> addresses) {
        CompletableFuture<?>[] databases = own.databases(port).stream()
                .map(database -> trusted.lookup(database.host()).exceptionally(unknown -> List.of()))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(databases).thenApply(found -> {
            try {
                require(host, port, addresses);
                return addresses;
            } catch (BlockedAddressException e) {
                throw new CompletionException(e);
            }
        });
    }

    /** For the connection itself; knows the database's addresses from {@link #judge}. */
    void require(String host, int port, List<InetAddress> addresses) throws BlockedAddressException {
        if (own.isPort(port) && addresses.stream().anyMatch(OwnListeners::isThisMachine)) {
            throw BlockedAddressException.own(host, port, "the broker itself");
        }
        for (OwnListeners.Server database : own.databases(port)) {
            List<InetAddress> servers = known(database.host());
            if (addresses.stream().anyMatch(address -> isOneOf(servers, address))) {
                throw BlockedAddressException.own(host, port, "the database of the broker");
            }
        }
    }

    private static boolean isOneOf(List<InetAddress> servers, InetAddress address) {
        return AddressForms.of(address).stream().anyMatch(servers::contains)
                || (servers.stream().anyMatch(OwnListeners::isThisMachine) && OwnListeners.isThisMachine(address));
    }

    private List<InetAddress> known(String host) {
        try {
            return List.of(trusted.resolve(host));
        } catch (UnknownHostException e) {
            return List.of();
        }
    }
}
