package org.webhookbroker.outbound;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.nio.NHttpMessageParser;
import org.apache.hc.core5.http.nio.SessionInputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the heads of answers on one connection, in place of HttpCore's parser. That one (5.4.4) keeps every line until the head
 * ends, 1.6 MB of it, so that a few consumers with endless heads end the node; it knows no status when anything else in the
 * head displeases it; and it takes bytes that came after an answer for the start of the next one. This one keeps
 * {@link AnswerFields}, tells the exchange the status as soon as its line is read, and passes over interim answers.
 *
 * <p>Used by one I/O thread.
 */
final class AnswerParser implements NHttpMessageParser<HttpResponse> {
    /** Bytes of all heads of one answer. A consumer with more costs no memory, but it shall not keep us busy for ever. */
    static final int MAX_HEADS = 256 << 10;

    /** What is kept of a line. */
    static final int MAX_LINE = 256;

    /** A body that a consumer may have refused without reading it. It then closes the connection, whatever it says. */
    private static final int LARGE = 64 << 10;

    private static final String START = "HTTP/1.";
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.([0-9])[ \t]+([1-9][0-9]{2})(?:[ \t].*)?");

    private final StringBuilder line = new StringBuilder(MAX_LINE);
    private @Nullable Exchange exchange;
    private @Nullable AnswerFields fields;
    private boolean tunnel;
    private boolean large;
    private boolean used;
    private boolean dirty;
    private boolean interim;
    private boolean last;
    private int taken;

    /**
     * A request goes out; the next answer is for it.
     *
     * @param length of its body
     */
    void expect(Exchange call, boolean opensTunnel, long length) {
        exchange = call;
        tunnel = opensTunnel;
        large = length > LARGE;
        dirty = false;
        interim = false;
        fields = null;
        taken = 0;
        line.setLength(0);
    }

    /** Whether the connection must end with this answer; HttpCore keeps it when a request that it was still writing failed. */
    boolean isLast() {
        return last;
    }

    /** The connection is lost: what has arrived is all that will. */
    void lose() {
        last = true;
    }

    boolean isExpecting() {
        return exchange != null;
    }

    @Override
    public @Nullable HttpResponse parse(SessionInputBuffer buffer, boolean endOfStream)
            throws HttpException, IOException {
        Exchange call = exchange;
        if (call == null) {
            if (buffer.hasData()) {
                // As if the consumer had closed it, which a call that waits for this connection can bear.
                throw new ConnectionClosedException("More came than the answer");
            }
            return null;
        }
        while (buffer.hasData()) {
            if (++taken > MAX_HEADS) {
                throw new MessageConstraintException("The head of the answer is longer than " + MAX_HEADS + " bytes");
            }
            int next = buffer.read();
            if (next != '\n') {
                add((char) next);
            } else if (lineEnds(call)) {
                return headEnds(buffer);
            }
        }
        if (endOfStream && fields == null && !line.isEmpty()) {
            lineEnds(call);
        }
        return null;
    }

    private void add(char next) {
        if (fields == null && used) {
            skipLeftover(next);
        } else if (line.length() < MAX_LINE) {
            line.append(next);
        }
    }

    /** On a connection in use, what stands before a status line belongs to the answer before. */
    private void skipLeftover(char next) {
        boolean begun = line.lastIndexOf(START, 0) == 0;
        if (line.length() == MAX_LINE) {
            if (begun) {
                return;
            }
            line.delete(0, MAX_LINE / 2);
            dirty = true;
        }
        line.append(next);
        int start = begun ? 0 : line.indexOf(START, line.length() - START.length()); // It can only end here.
        if (start > 0) {
            dirty = true;
            line.delete(0, start);
        }
    }

    /** @return whether this was the last line of the final answer's head */
    private boolean lineEnds(Exchange call) throws HttpException {
        if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
            line.setLength(line.length() - 1);
        }
        String text = line.toString();
        line.setLength(0);
        if (text.isEmpty()) {
            interim = false;
            return fields != null;
        }
        if (fields != null) {
            addField(fields, text);
        } else if (!interim) {
            begin(call, text);
        }
        return false;
    }

    private void begin(Exchange call, String text) throws HttpException {
        Matcher start = STATUS_LINE.matcher(text);
        if (!start.matches()) {
            if (used && !text.startsWith("HTTP/")) {
                dirty = true;
                return;
            }
            throw new ProtocolException("The answer does not begin with a status line of HTTP/1");
        }
        int status = Integer.parseInt(start.group(2));
        interim = status < 200 && status != 101;
        if (!interim) {
            HttpVersion version = start.group(1).equals("0") ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
            fields = new AnswerFields(version, status);
            call.answering(fields);
        }
    }

    private static void addField(AnswerFields head, String text) {
        if (text.chars().anyMatch(c -> c < ' ' && c != '\t')) {
            head.breakUp();
        }
        head.add(text);
    }

    private HttpResponse headEnds(SessionInputBuffer buffer) throws HttpException {
        AnswerFields head = fields;
        if (head == null) {
            throw new IllegalStateException("No head");
        }
        int status = head.status();
        boolean opened = tunnel && status >= 200 && status < 300;
        boolean bodiless = opened || status < 200 || status == 204 || status == 304;
        if (opened && buffer.hasData()) {
            throw new ProtocolException("The proxy sent something before the tunnel was in use");
        }
        if (dirty || (large && status >= 400) || (bodiless && buffer.hasData())) {
            last = true;
        }
        if (last) {
            head.breakUp();
        }
        exchange = null;
        fields = null;
        used = !tunnel;
        return head.answer();
    }

    /** Does nothing: an answer begins when its request goes out. */
    @Override
    public void reset() {}
}
