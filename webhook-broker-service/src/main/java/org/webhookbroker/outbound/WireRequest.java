package org.webhookbroker.outbound;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;

/**
 * A call as it goes on the wire. A header value that could split the request refuses the call. Values go out in UTF-8, as those
 * that are UTF-8 came in: a consumer sees the bytes that the producer sent (contract 5.1).
 */
final class WireRequest {
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    /** Names repeat with every call, and to look at them again is a quarter of the cost of making one. By name, whether it may go out. */
    private static final Map<String, Boolean> KNOWN_TOKENS = new ConcurrentHashMap<>();

    static final int MAX_KNOWN_TOKENS = 1000;
    static final int LONGEST_KNOWN_TOKEN = 100;

    /** Framing and connection belong to the client: producers' copies of these would break it, and HTTP/2 forbids them. */
    private static final Set<String> OURS = caseless(
            "Host",
            "Content-Length",
            "Transfer-Encoding",
            "Connection",
            "Keep-Alive",
            "Proxy-Connection",
            "TE",
            "Trailer",
            "Upgrade",
            "HTTP2-Settings",
            "Expect");

    private final BasicHttpRequest head;
    private final HttpHost host;
    private final byte[] body;

    private WireRequest(HttpHost host, BasicHttpRequest head, byte[] body) {
        this.host = host;
        this.head = head;
        this.body = body;
    }

    static WireRequest of(Call call, String userAgent) throws BadCall {
        Target target = Target.of(call.url());
        BasicHttpRequest head = new BasicHttpRequest("POST", target.host(), target.path());
        target.authority().ifPresent(head::setAuthority);
        for (Map.Entry<String, String> header : call.headers().entrySet()) {
            add(head, header.getKey(), header.getValue());
        }
        addDefault(head, "User-Agent", userAgent);
        addDefault(head, "Accept-Encoding", "gzip");
        if (target.basicAuth().isPresent()) {
            addDefault(head, "Authorization", target.basicAuth().get());
        }
        return new WireRequest(target.host(), head, call.body());
    }

    HttpHost host() {
        return host;
    }

    /** A producer for one exchange; the entity has no content type of its own, so ours passes untouched. */
    AsyncRequestProducer producer() {
        return new BasicRequestProducer(head, new BasicAsyncEntityProducer(body, null));
    }

    private static void addDefault(BasicHttpRequest head, String name, String value) throws BadCall {
        if (!head.containsHeader(name)) {
            add(head, name, value);
        }
    }

    private static void add(BasicHttpRequest head, String name, String value) throws BadCall {
        boolean goesOut = goesOut(name);
        if (!isValue(value)) {
            throw badHeader(name);
        }
        if (goesOut) {
            head.setHeader(new BasicHeader(name, wire(value)));
        }
    }

    private static BadCall badHeader(String name) {
        return new BadCall("bad-header", "Header cannot be sent: " + LogText.of(name, 100));
    }

    /** How many names are known. */
    static int knownTokens() {
        return KNOWN_TOKENS.size();
    }

    private static boolean goesOut(String name) throws BadCall {
        Boolean known = KNOWN_TOKENS.get(name);
        if (known != null) {
            return known;
        }
        if (!TOKEN.matcher(name).matches()) {
            throw badHeader(name);
        }
        boolean goesOut = !OURS.contains(name);
        if (name.length() <= LONGEST_KNOWN_TOKEN && KNOWN_TOKENS.size() < MAX_KNOWN_TOKENS) {
            KNOWN_TOKENS.put(name, goesOut);
        }
        return goesOut;
    }

    /** No control character but the tab: one could end the header. */
    private static boolean isValue(String value) {
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            if ((character < ' ' && character != '\t') || character == 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** One character for each byte, of which the client writes the lower half only. */
    private static String wire(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) > 0x7f) {
                return new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            }
        }
        return value;
    }

    static Set<String> caseless(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(Set.of(names));
        return set;
    }
}
