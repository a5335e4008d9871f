package org.webhookbroker.outbound.http2;

import org.apache.hc.core5.http2.H2ConnectionException;

/** Takes the fields of a head, one by one. */
interface Http2Taker {
    void take(String name, String value) throws H2ConnectionException;
}
