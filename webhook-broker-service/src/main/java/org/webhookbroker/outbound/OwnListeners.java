package org.webhookbroker.outbound;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;

/**
 * The ports that this broker itself listens on, and those of its database. Calls to them are refused by every address of the
 * machine, whatever the lists of networks allow: anybody may register a consumer, and the admin port trusts who reaches it.
 * Thread-safe.
 */
public final class OwnListeners {
    /** Where the database is: a name or an address. */
    record Server(String host, int port) {}

    private final List<IntSupplier> ports = new CopyOnWriteArrayList<>();
    private final List<Server> databases = new CopyOnWriteArrayList<>();

    /** @param port asked each time, as the system may pick it when the listener opens; below 1 means none yet */
    public void listensOn(IntSupplier port) {
        ports.add(port);
    }

    public void hasDatabaseAt(String host, int port) {
        databases.add(new Server(host, port));
    }

    boolean isPort(int port) {
        return ports.stream().anyMatch(own -> own.getAsInt() == port);
    }

    List<Server> databases(int port) {
        return databases.stream().filter(server -> server.port() == port).toList();
    }

    /** Whether the address leads to this machine. Asks the system each time, as addresses come and go. */
    static boolean isThisMachine(InetAddress address) {
        return AddressForms.of(address).stream()
                .anyMatch(form -> form.isLoopbackAddress() || form.isAnyLocalAddress() || isOfAnInterface(form));
    }

    private static boolean isOfAnInterface(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }

    /** Refuses calls to what this broker itself listens on, and to its database. Thread-safe. */
    static final class Guard {
        private final OwnListeners own;
        private final HostResolver trusted;

        /** @param trusted looks the database up, and judges nothing */
        Guard(OwnListeners own, HostResolver trusted) {
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
}
