package org.webhookbroker.http.server;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** A request whose body is in memory already, and is read again from there. */
final class ReplayedRequest extends Request.Wrapper {
    private final Content.Source body;

    ReplayedRequest(Request request, BodyBuffer body) {
        super(request);
        this.body = Content.Source.from(ByteBuffer.wrap(body.bytes()));
        setAttribute(BodyBuffer.ATTRIBUTE, body);
    }

    @Override
    public Content.Chunk read() {
        return body.read();
    }

    @Override
    public void demand(Runnable demandCallback) {
        body.demand(demandCallback);
    }

    @Override
    public void fail(Throwable failure) {
        body.fail(failure);
    }
}
