package org.webhookbroker.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Asks the name service for all addresses of a host; may block. */
@FunctionalInterface
interface Lookup {
    InetAddress[] addresses(String host) throws UnknownHostException;
}
