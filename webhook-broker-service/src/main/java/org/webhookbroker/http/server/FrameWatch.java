package org.webhookbroker.http.server;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http2.Flags;
import org.eclipse.jetty.http2.frames.FrameType;
import org.eclipse.jetty.http2.parser.ServerParser;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RateControl;

/**
 * Knows since when a client of HTTP/2 has been half way through something: its preface with the first settings, a frame, or a head in
 * several frames. The bytes alone do not tell, as a connection that rests has sent bytes too. Written by the thread that parses.
 */
final class FrameWatch extends ServerParser {
    private volatile long since = System.nanoTime();
    private volatile boolean isHalfWay = true;
    private volatile boolean isData;

    FrameWatch(ByteBufferPool pool, int maxHeaderSize, RateControl rate) {
        super(pool, maxHeaderSize, rate);
    }

    /**
     * @param data whether half a piece of a body counts; while its request is under way, that has a pace of its own
     */
    boolean isLate(long now, long deadline, boolean data) {
        // In this order: it is begun last.
        return isHalfWay && now - since > deadline && (data || !isData);
    }

    @Override
    protected boolean parseHeader(ByteBuffer buffer) {
        if (!isHalfWay && buffer.hasRemaining()) {
            since = System.nanoTime();
            isHalfWay = true;
        }
        boolean whole = super.parseHeader(buffer);
        isData = whole && getFrameType() == FrameType.DATA.getType();
        return whole;
    }

    @Override
    protected boolean parseBody(ByteBuffer buffer) {
        // Afterwards they are forgotten.
        int type = getFrameType();
        boolean isOpenHead = (type == FrameType.HEADERS.getType() || type == FrameType.CONTINUATION.getType())
                && !hasFlag(Flags.END_HEADERS);
        boolean whole = super.parseBody(buffer);
        if (whole) {
            isHalfWay = isOpenHead;
        }
        return whole;
    }
}
