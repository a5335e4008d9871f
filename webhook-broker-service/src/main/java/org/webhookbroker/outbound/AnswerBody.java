package org.webhookbroker.outbound;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.ContentDecoder;
import org.apache.hc.core5.http.nio.SessionInputBuffer;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;
import org.jspecify.annotations.Nullable;

/** The body of an answer. If more came than its end, the connection is closed before the pool could give it to the next call. */
record AnswerBody(ContentDecoder body, SessionInputBuffer buffer, AnswerParser parser, IOSession session)
        implements ContentDecoder {
    @Override
    public int read(ByteBuffer destination) throws IOException {
        int read = body.read(destination);
        if (body.isCompleted() && (buffer.hasData() || parser.isLast())) {
            session.close(CloseMode.GRACEFUL);
        }
        return read;
    }

    @Override
    public boolean isCompleted() {
        return body.isCompleted();
    }

    @Override
    public @Nullable List<? extends Header> getTrailers() {
        return body.getTrailers();
    }
}
