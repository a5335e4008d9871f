package org.webhookbroker.http.server;

import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.generator.Generator;
import org.eclipse.jetty.http2.hpack.HpackException;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the frames of one connection. A stream that is answered before its request has been sent is reset with NO_ERROR, so that the answer
 * stands (RFC 9113, 8.1). Jetty (12.1) says CANCEL, for which clients throw the answer away: that of JDK 25 does.
 */
final class EarlyAnswers extends Generator {
    private @Nullable HTTP2Session session;

    EarlyAnswers(ByteBufferPool pool, boolean direct, int maxHeaderBlockFragment) {
        super(pool, direct, maxHeaderBlockFragment);
    }

    /** Before the first frame is written. */
    void of(HTTP2Session itsSession) {
        session = itsSession;
    }

    @Override
    public int control(RetainableByteBuffer.Mutable target, Frame frame) throws HpackException {
        return super.control(
                target, frame instanceof ResetFrame reset && isOfWhatIsAnswered(reset) ? noError(reset) : frame);
    }

    private boolean isOfWhatIsAnswered(ResetFrame reset) {
        HTTP2Stream stream = session == null ? null : session.getStream(reset.getStreamId());
        return stream != null && stream.isLocallyClosed() && reset.getError() == ErrorCode.CANCEL_STREAM_ERROR.code;
    }

    private static ResetFrame noError(ResetFrame cancel) {
        return new ResetFrame(cancel.getStreamId(), ErrorCode.NO_ERROR.code);
    }
}
