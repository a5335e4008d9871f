package org.webhookbroker.client;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What may be in a header. The JDK's client sends a question mark for whatever is not ASCII, and shows refused values in its exceptions. */
final class HeaderText {
    /** Set by the client itself, or owned by HTTP. */
    private static final Set<String> OWN = Set.of(
            "authorization",
            "connection",
            "content-length",
            "content-type",
            "expect",
            "host",
            "transfer-encoding",
            "upgrade",
            "user-agent",
            "http2-settings",
            "te",
            "trailer",
            "keep-alive",
            "proxy-connection");

    private static final String OWN_PREFIX = "x-broker-";
    private static final String SYMBOLS = "!#$%&'*+-.^_`|~";

    private HeaderText() {}

    /** @param what names the value, which may be a secret, for the message */
    static void requireValue(String what, String value) {
        boolean plain = value.chars().allMatch(c -> c >= ' ' && c <= '~');
        if (!plain || value.isEmpty() || !value.equals(value.strip())) {
            throw new IllegalArgumentException(
                    what + " cannot be sent in a header: use 1 or more visible ASCII characters, without outer blanks");
        }
    }

    static void requireMetadata(Map<String, String> headers) {
        Set<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (name.isEmpty() || !name.chars().allMatch(HeaderText::isNamed) || !seen.add(name)) {
                throw new IllegalArgumentException(
                        "a metadata header has no name that HTTP allows, or one that comes twice: " + name.length()
                                + " characters");
            }
            if (OWN.contains(lower) || lower.startsWith(OWN_PREFIX)) {
                throw new IllegalArgumentException(name + " cannot be a metadata header: the client or HTTP sets it");
            }
            requireValue("the metadata header " + name, value);
        });
    }

    private static boolean isNamed(int c) {
        return c < 128 && (Character.isLetterOrDigit(c) || SYMBOLS.indexOf(c) >= 0);
    }
}
