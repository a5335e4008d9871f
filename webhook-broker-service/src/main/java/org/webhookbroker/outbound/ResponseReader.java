package org.webhookbroker.outbound;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads one answer: the status decides, the body is read up to a cap so that the connection can be kept, and only its first
 * bytes are remembered. Driven by one I/O thread; the verdict may be asked for from any.
 */
final class ResponseReader implements AsyncResponseConsumer<Void> {
    private static final int SNIPPET = 100;

    private final Exchange exchange;
    private final int maxBytes;
    private final Clock clock;
    private final byte[] snippet = new byte[SNIPPET];
    private int read;
    private int status;
    private boolean encoded;
    private @Nullable AnswerFields head;
    private @Nullable String retryAfter;
    private @Nullable String date;
    private @Nullable FutureCallback<Void> exchangeOver;

    ResponseReader(Exchange exchange, int maxBytes, Clock clock) {
        this.exchange = exchange;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /** The status line is here: whatever comes of the rest, the status stands. */
    void began(AnswerFields fields) {
        synchronized (this) {
            head = fields;
            status = fields.status();
        }
        exchange.answered(this);
    }

    @Override
    public void consumeResponse(
            HttpResponse response,
            @Nullable EntityDetails body,
            HttpContext context,
            FutureCallback<Void> resultCallback) {
        if (exchange.isOfProxy(response)) {
            exchange.refusedByProxy(response.getCode());
            return;
        }
        synchronized (this) {
            status = response.getCode();
            encoded = body != null && body.getContentEncoding() != null;
            retryAfter = value(response, "Retry-After");
            date = value(response, "Date");
            exchangeOver = resultCallback;
        }
        exchange.answered(this);
    }

    @Override
    public void consume(ByteBuffer source) {
        boolean enough;
        synchronized (this) {
            int available = source.remaining();
            source.get(snippet, Math.min(read, SNIPPET), Math.min(available, Math.max(0, SNIPPET - read)));
            source.position(source.limit());
            read = Math.min(read, maxBytes) + available;
            enough = read > maxBytes;
        }
        if (enough) {
            exchange.completed(null);
        }
    }

    /** What the consumer's answer means. */
    synchronized Outcome verdict() {
        if (status >= 200 && status < 300) {
            return new Outcome.Delivered(status);
        }
        if (head != null && exchangeOver == null) {
            retryAfter = head.value("Retry-After"); // As far as the head was read.
            date = head.value("Date");
        }
        Optional<Duration> hint =
                status == 429 || status == 503 ? RetryAfter.parse(retryAfter, date, clock) : Optional.empty();
        return new Outcome.Rejected(status, hint, LogText.of("The consumer answered " + status + start(), 200));
    }

    private static @Nullable String value(HttpResponse response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    private String start() {
        if (read == 0) {
            return "";
        }
        return encoded ? " with a compressed body" : ": " + text();
    }

    /** A character that the end of the snippet cut in two is left out. */
    private String text() {
        String text = new String(snippet, 0, Math.min(read, SNIPPET), StandardCharsets.UTF_8);
        return read > SNIPPET && text.endsWith("\ufffd") ? text.substring(0, text.length() - 1) : text;
    }

    @Override
    public void updateCapacity(CapacityChannel capacityChannel) throws IOException {
        capacityChannel.update(Integer.MAX_VALUE);
    }

    @Override
    public void informationResponse(HttpResponse response, HttpContext context) {}

    @Override
    public void streamEnd(@Nullable List<? extends Header> trailers) {}

    @Override
    public void failed(Exception cause) {}

    /**
     * The last call of an exchange, after its connection went back to the pool. Ending here rather than at the end of the
     * body lets the caller's next request find the connection.
     */
    @Override
    public void releaseResources() {
        FutureCallback<Void> over;
        synchronized (this) {
            over = exchangeOver;
        }
        if (over != null) {
            over.completed(null);
        }
    }
}
