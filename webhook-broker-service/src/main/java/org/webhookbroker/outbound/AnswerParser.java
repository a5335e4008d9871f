package org.webhookbroker.outbound;

import java.io.IOException;
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
        int status = status(text);
        if (status == 0) {
            if (used && !text.startsWith("HTTP/")) {
                dirty = true;
                return;
            }
            throw new ProtocolException("The answer does not begin with a status line of HTTP/1");
        }
        interim = status < 200 && status != 101;
        if (!interim) {
            HttpVersion version = text.charAt(START.length()) == '0' ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
            fields = new AnswerFields(version, status);
            call.answering(fields);
        }
    }

    /**
     * Of {@code HTTP/1.x}, blanks, three digits, and nothing more or a blank and a reason; 0 if the line is anything else. By hand, and so are
     * the fields: patterns and streams took a tenth of the I/O threads.
     */
    static int status(String line) {
        int begin = START.length() + 1;
        if (!line.startsWith(START)
                || line.length() <= begin
                || !isDigit(line.charAt(begin - 1))
                || !isBlank(line, begin)) {
            return 0;
        }
        while (isBlank(line, begin)) {
            begin++;
        }
        int end = begin + 3;
        boolean ends = end == line.length() || isBlank(line, end);
        int status = 0;
        for (int i = begin; ends && i < end; i++) {
            int digit = line.charAt(i) - '0';
            ends = digit >= 0 && digit <= 9;
            status = 10 * status + digit;
        }
        return ends && status >= 100 && line.indexOf('\r', end) < 0 ? status : 0;
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    private static boolean isBlank(String text, int at) {
        return at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t');
    }

    private static void addField(AnswerFields head, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' && text.charAt(i) != '\t') {
                head.breakUp();
            }
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
