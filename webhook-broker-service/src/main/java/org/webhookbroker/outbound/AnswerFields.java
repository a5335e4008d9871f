package org.webhookbroker.outbound;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * The few fields of an answer's head that matter to us: how its body is framed, what becomes of the connection, and when to come
 * back. All others are forgotten as they arrive, so that an answer holds a kilobyte at most however long its head is (G8).
 * Thread-safe: filled by an I/O thread, and a deadline may ask before the head has ended.
 */
final class AnswerFields {
    /** Of one value. */
    private static final int MAX_VALUE = 128;

    private static final List<String> LISTS = List.of("Connection", "Content-Length", "Transfer-Encoding");
    private static final List<String> SINGLES = List.of(
            "Content-Encoding",
            "Date",
            "Keep-Alive",
            "Proxy-Connection",
            "Proxy-Status",
            "Retry-After",
            "X-Squid-Error");

    private final HttpVersion version;
    private final int status;
    /** By the names above, whatever their case was. */
    private final Map<String, String> kept = new HashMap<>();

    private @Nullable String last;
    private boolean broken;

    AnswerFields(HttpVersion version, int status) {
        this.version = version;
        this.status = status;
    }

    /** Takes one line of the head, or of it what was kept. */
    synchronized void add(String line) {
        if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
            fold(line.strip());
            return;
        }
        int colon = line.indexOf(':');
        boolean cut = colon < 0 && line.length() == AnswerParser.MAX_LINE;
        String name = colon < 0 ? "" : line.substring(0, colon);
        if ((name.isEmpty() && !cut) || !name.equals(name.stripTrailing())) {
            broken = true; // Others may read it differently, so nobody knows where this answer ends.
        }
        String list = known(LISTS, name);
        last = list != null ? list : known(SINGLES, name);
        if (last != null) {
            String value = line.substring(colon + 1).strip();
            keep(last, list != null && kept.containsKey(last) ? kept.get(last) + "," + value : value);
        }
    }

    /** These are few, and nearly all differ in their length. */
    private static @Nullable String known(List<String> names, String written) {
        for (String name : names) {
            if (name.equalsIgnoreCase(written)) {
                return name;
            }
        }
        return null;
    }

    /** An old way to break a line, which means a space (RFC 9112, 5.2). */
    private void fold(String rest) {
        if (last != null) {
            keep(last, kept.remove(last) + " " + rest);
        }
    }

    /** The first of several counts, except where they make a list. */
    private void keep(String name, String value) {
        broken |= LISTS.contains(name) && value.length() > MAX_VALUE;
        if (LISTS.contains(name)) {
            kept.put(name, cut(value));
        } else {
            kept.putIfAbsent(name, cut(value));
        }
    }

    /** What is read of a value: none that means something is longer. */
    private static String cut(String value) {
        return value.length() > MAX_VALUE ? value.substring(0, MAX_VALUE) : value;
    }

    /** The head has something in it that others may read differently: the connection is not used again. */
    synchronized void breakUp() {
        broken = true;
    }

    synchronized @Nullable String value(String name) {
        return kept.get(name);
    }

    int status() {
        return status;
    }

    /** The answer with one framing that nobody can misread (RFC 9112, 6.3), whatever the consumer wrote. */
    synchronized HttpResponse answer() {
        String coding = kept.get(HttpHeaders.TRANSFER_ENCODING);
        String lengths = kept.get(HttpHeaders.CONTENT_LENGTH);
        HttpResponse answer = new BasicHttpResponse(status);
        answer.setVersion(version);
        for (String name : SINGLES) {
            if (kept.containsKey(name)) {
                answer.addHeader(name, kept.get(name));
            }
        }
        if (coding != null) {
            frameByCoding(answer, coding);
            broken |= lengths != null; // One of the two is a lie.
        } else if (lengths != null) {
            String length = one(lengths);
            broken |= length == null;
            answer.addHeader(HttpHeaders.CONTENT_LENGTH, length == null ? "0" : length);
        }
        if (broken) {
            answer.addHeader(HttpHeaders.CONNECTION, "close");
        } else if (kept.containsKey(HttpHeaders.CONNECTION)) {
            answer.addHeader(HttpHeaders.CONNECTION, kept.get(HttpHeaders.CONNECTION));
        }
        return answer;
    }

    /** Without a last coding that is chunked, the body ends with the connection, which it does without these fields. */
    private static void frameByCoding(HttpResponse answer, String codings) {
        List<String> all = Arrays.stream(codings.toLowerCase(Locale.ROOT).split(",", -1))
                .map(String::strip)
                .filter(coding -> !coding.isEmpty())
                .toList();
        boolean chunked = !all.isEmpty() && all.get(all.size() - 1).equals("chunked");
        if (chunked) {
            answer.addHeader(HttpHeaders.TRANSFER_ENCODING, "chunked");
        }
        if (all.size() > (chunked ? 1 : 0) && !answer.containsHeader(HttpHeaders.CONTENT_ENCODING)) {
            answer.addHeader(HttpHeaders.CONTENT_ENCODING, "unknown"); // So that nobody quotes it as text.
        }
    }

    /** Equal lengths are one (RFC 9110, 8.6); null if they differ or are none. */
    private static @Nullable String one(String lengths) {
        List<String> different = Arrays.stream(lengths.split(",", -1))
                .map(String::strip)
                .distinct()
                .toList();
        return different.size() == 1 && different.get(0).matches("[0-9]{1,18}") ? different.get(0) : null;
    }
}
