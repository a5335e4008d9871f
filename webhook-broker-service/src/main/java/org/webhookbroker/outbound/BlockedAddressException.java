package org.webhookbroker.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** A host resolves to an address that the {@link AddressGuard} forbids. */
final class BlockedAddressException extends UnknownHostException {
    BlockedAddressException(String host, InetAddress address) {
        super(host + " has the forbidden address " + address.getHostAddress());
    }
}
