package org.webhookbroker.outbound.http2;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes frames that are passed on, bit by bit. */
interface Http2Reader {
    void read(ByteBuffer bytes) throws IOException;
}
