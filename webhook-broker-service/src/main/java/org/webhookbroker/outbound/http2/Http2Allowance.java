package org.webhookbroker.outbound.http2;

import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2Error;

/**
 * What a consumer may send on one connection for one call, beside the body of its answer (G8). HttpCore (5.4.4) takes any number of
 * frames, and keeps an answer of its own for each PING and SETTINGS until the consumer reads it. Used by one thread.
 */
final class Http2Allowance {
    /** Answers that may wait: few servers ask for more than one at a time, and each takes some 200 bytes. */
    static final int MOST_UNSENT = 100;

    /** With their heads. Those who take a body of 16 MiB in pieces of 512 bytes, and twice make room for each, send 832 KiB. */
    static final int MOST_BYTES = 1 << 20;

    private int bytes;
    private int unsent;

    /** A call begins. */
    void renew() {
        bytes = 0;
    }

    void take(int size) throws H2ConnectionException {
        bytes += size;
        if (bytes > MOST_BYTES) {
            throw new H2ConnectionException(H2Error.ENHANCE_YOUR_CALM, "More frames came than an answer needs");
        }
    }

    /** A frame came that HttpCore will answer. */
    void asked() throws H2ConnectionException {
        if (++unsent > MOST_UNSENT) {
            throw new H2ConnectionException(
                    H2Error.ENHANCE_YOUR_CALM, "Frames came that want answers, and these are not read");
        }
    }

    /** An answer went into the buffer of the connection, as the one before has left it. */
    void answered() {
        unsent--;
    }
}
