package org.webhookbroker.outbound;

/** How far a call has come, and so whether it spends an attempt (G7). */
public enum Reach {
    /** The broker itself did not get so far as to try: it stops, too many calls are in flight, no connection became free in time. */
    NOT_TRIED,
    /**
     * Nobody took the request: there is no address, no connection or no TLS handshake, a proxy could not get to the consumer, or a
     * server said that it has not processed the request (RFC 9113, 8.7). So it may be made again at any time.
     */
    NOBODY,
    /**
     * Somebody took it, or its beginning; or showed by a TLS handshake that failed that it is not the consumer. Also a call that
     * we would not make: to wait does not mend a bad address.
     */
    SOMEBODY
}
