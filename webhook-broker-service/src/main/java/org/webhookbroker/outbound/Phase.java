package org.webhookbroker.outbound;

/** How far a call has come. */
enum Phase {
    /** The host is being looked up. */
    RESOLVING,
    /** A connection is being found: a kept one, or leave to open one. */
    WAITING,
    /** A new connection is being opened, with the tunnel through a proxy and TLS. */
    CONNECTING,
    /** The request is on its way, so from here on it may have arrived. */
    SENT
}
