package org.webhookbroker.http.server;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.server.Request;

/** Request headers as the contract reads them: the first of repeated ones counts, and its bytes are UTF-8. */
public final class RequestHeaders {
    static final String CONTENT_TYPE_ATTRIBUTE = attribute(HttpHeaders.CONTENT_TYPE);

    private RequestHeaders() {}

    /** Empty text when the header is missing. */
    public static String first(ContainerRequestContext request, String name) {
        List<String> values = request.getHeaders().getOrDefault(name, List.of());
        if (!values.isEmpty()) {
            return decode(values.get(0));
        }
        return request.getProperty(attribute(name)) instanceof String hidden ? decode(hidden) : "";
    }

    /** As {@link #first(ContainerRequestContext, String)}, of a request that has all that was sent. */
    static String first(Request request, String name) {
        String value = request.getHeaders().get(name);
        return value == null ? "" : decode(value);
    }

    /** The type exactly as sent, however malformed; empty if missing. */
    public static String contentType(ContainerRequestContext request) {
        return first(request, HttpHeaders.CONTENT_TYPE);
    }

    /** Where a header is that Jersey never sees: it would refuse requests by what the header says. */
    static String attribute(String name) {
        return "org.webhookbroker.header." + name.toLowerCase(Locale.ROOT);
    }

    /** Jetty makes one character of each byte. This reads the bytes as UTF-8, and leaves the characters if the bytes are not. */
    static String decode(String latin) {
        if (isAscii(latin)) {
            return latin;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(latin.getBytes(StandardCharsets.ISO_8859_1));
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException notUtf8) {
            return latin;
        }
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 128) {
                return false;
            }
        }
        return true;
    }

    /** The reverse of {@link #decode}, for a response header that holds an id, such as {@code Location}. */
    static String encode(String value) {
        return isAscii(value) ? value : new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
