package org.webhookbroker.outbound.address;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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

    /**
     * This machine by its addresses. They come and go, but each call to a port of ours asks for them, and the system looks through all
     * interfaces for its answer: that is remembered for a second, and for longer while the system gives none. Until it has given one,
     * any address may be ours. Thread-safe.
     */
    public static final class Machine {
        static final Duration TTL = Duration.ofSeconds(1);

        /** Asks the system. */
        public interface Source {
            Set<InetAddress> addresses() throws SocketException;
        }

        private record Known(Set<InetAddress> addresses, long readAt) {}

        private final Source system;
        private final LongSupplier nanoTime;
        private volatile @Nullable Known known;

        public Machine(Source system, LongSupplier nanoTime) {
            this.system = system;
            this.nanoTime = nanoTime;
        }

        public static Machine ofInterfaces() {
            return new Machine(
                    () -> NetworkInterface.networkInterfaces()
                            .flatMap(NetworkInterface::inetAddresses)
                            .collect(Collectors.toUnmodifiableSet()),
                    System::nanoTime);
        }

        /** Whether one of them leads to this machine. */
        boolean includesOneOf(List<InetAddress> addresses) throws UnknownHostException {
            for (InetAddress address : addresses) {
                if (include(address)) {
                    return true;
                }
            }
            return false;
        }

        /**
         * Whether the address leads to this machine, in whatever form it is written.
         *
         * @throws UnknownHostException if nobody knows
         */
        boolean include(InetAddress address) throws UnknownHostException {
            List<InetAddress> forms = AddressForms.of(address);
            return forms.stream().anyMatch(form -> form.isLoopbackAddress() || form.isAnyLocalAddress())
                    || forms.stream().anyMatch(current()::contains);
        }

        private Set<InetAddress> current() throws UnknownHostException {
            Known last = known;
            long now = nanoTime.getAsLong();
            if (last != null && now - last.readAt() < TTL.toNanos()) {
                return last.addresses();
            }
            Set<InetAddress> addresses;
            try {
                addresses = system.addresses();
            } catch (SocketException e) {
                if (last == null) {
                    throw new UnknownHostException("of the broker's own machine");
                }
                addresses = last.addresses(); // The best that is known.
            }
            known = new Known(addresses, now);
            return addresses;
        }
    }

    /** Refuses calls to what this broker itself listens on, and to its database. Thread-safe. */
    public static final class Guard {
        private final OwnListeners own;
        private final Machine machine;
        private final HostResolver trusted;
        /** By name, the addresses of each database that were found last: while its name cannot be looked up, they are still its. */
        private final ConcurrentMap<String, List<InetAddress>> found = new ConcurrentHashMap<>();

        /** @param trusted looks the database up, and judges nothing */
        public Guard(OwnListeners own, Machine machine, HostResolver trusted) {
            this.own = own;
            this.machine = machine;
            this.trusted = trusted;
        }

        /**
         * The addresses as they came, or a failure that is an {@link UnknownHostException}: a {@link BlockedAddressException}, or
         * another one as long as nobody knows where the database or this machine is. Never blocks.
         */
        public CompletableFuture<List<InetAddress>> judge(String host, int port, List<InetAddress> addresses) {
            CompletableFuture<?>[] databases = own.databases(port).stream()
                    .map(database -> lookup(database.host()))
                    .toArray(CompletableFuture[]::new);
            return CompletableFuture.allOf(databases).thenApply(all -> {
                try {
                    require(host, port, addresses);
                    return addresses;
                } catch (UnknownHostException e) {
                    throw new CompletionException(e);
                }
            });
        }

        private CompletableFuture<?> lookup(String database) {
            return trusted.lookup(database)
                    .thenAccept(addresses -> found.put(database, addresses))
                    .exceptionally(unknown -> null);
        }

        /** For the connection itself; knows the database's addresses from {@link #judge}. */
        public void require(String host, int port, List<InetAddress> addresses) throws UnknownHostException {
            if (own.isPort(port) && machine.includesOneOf(addresses)) {
                throw BlockedAddressException.own(host, port, "the broker itself");
            }
            for (OwnListeners.Server database : own.databases(port)) {
                List<InetAddress> servers = found.get(database.host());
                if (servers == null) {
                    throw new UnknownHostException("of the broker's own database");
                }
                if (isOneOf(servers, addresses)) {
                    throw BlockedAddressException.own(host, port, "the database of the broker");
                }
            }
        }

        private boolean isOneOf(List<InetAddress> servers, List<InetAddress> addresses) throws UnknownHostException {
            return addresses.stream()
                            .flatMap(address -> AddressForms.of(address).stream())
                            .anyMatch(servers::contains)
                    || (machine.includesOneOf(servers) && machine.includesOneOf(addresses));
        }
    }
}
