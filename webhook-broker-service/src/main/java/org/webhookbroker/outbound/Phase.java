package org.webhookbroker.outbound;

/** How far a call has come. */
enum Phase {
    /** The host is being looked up. */
    RESOLVING,
    /** A connection is being found: a kept one, or leave to open one. */
    WAITING,
    /** A new connection is being opened, TLS included. */
    CONNECTING,
    /** The request is on its way, so from here on it may have arrived. */
    SENT
}
