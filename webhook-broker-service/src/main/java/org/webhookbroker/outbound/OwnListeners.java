package org.webhookbroker.outbound;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
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
}
