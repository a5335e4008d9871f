package org.webhookbroker.outbound;

import java.io.IOException;
import java.util.Set;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;

/**
 * A body that asks its exchange before any of its bytes go out. This is the only place on the I/O thread itself after every wait,
 * and a request without its body does not count as sent.
 */
final class PermittedBody implements AsyncEntityProducer {
    private final AsyncEntityProducer body;
    private final Exchange exchange;

    PermittedBody(AsyncEntityProducer body, Exchange exchange) {
        this.body = body;
        this.exchange = exchange;
    }

    @Override
    public void produce(DataStreamChannel channel) throws IOException {
        exchange.requirePermit();
        body.produce(channel);
    }

    @Override
    public int available() {
        return body.available();
    }

    @Override
    public boolean isRepeatable() {
        return body.isRepeatable();
    }

    @Override
    public void failed(Exception cause) {
        body.failed(cause);
    }

    @Override
    public void releaseResources() {
        body.releaseResources();
    }

    @Override
    public long getContentLength() {
        return body.getContentLength();
    }

    @Override
    public String getContentType() {
        return body.getContentType();
    }

    @Override
    public String getContentEncoding() {
        return body.getContentEncoding();
    }

    @Override
    public boolean isChunked() {
        return body.isChunked();
    }

    @Override
    public Set<String> getTrailerNames() {
        return body.getTrailerNames();
    }
}
