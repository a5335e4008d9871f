package org.webhookbroker.outbound.address;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** A host resolves to an address that the {@link AddressGuard} or the {@link OwnListeners.Guard} forbids. */
public final class BlockedAddressException extends UnknownHostException {
    private BlockedAddressException(String message) {
        super(message);
    }

    /** The host, which may be long, comes last. */
    static BlockedAddressException refused(String host, InetAddress address, String by) {
        return new BlockedAddressException(text(host, address, by));
    }

    static String text(String host, InetAddress address, String by) {
        return by + " refuses the address " + address.getHostAddress() + " of the host " + host;
    }

    static BlockedAddressException own(String host, int port, String what) {
        return new BlockedAddressException(host + " at port " + port + " is " + what);
    }
}
