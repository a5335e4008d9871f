package org.webhookbroker.outbound.address;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** A host resolves to an address that the {@link AddressGuard} or the {@link OwnListeners.Guard} forbids. */
public final class BlockedAddressException extends UnknownHostException {
    private BlockedAddressException(String message) {
        super(message);
    }

    static BlockedAddressException denied(String host, InetAddress address) {
        return new BlockedAddressException(host + " has the forbidden address " + address.getHostAddress());
    }

    static BlockedAddressException own(String host, int port, String what) {
        return new BlockedAddressException(host + " at port " + port + " is " + what);
    }
}
