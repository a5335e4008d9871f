package org.webhookbroker.http.server;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Percent-encoded UTF-8, read strictly: malformed text is refused, and nothing is guessed. */
public final class PercentEncoding {
    private static final String UNRESERVED = "-._~";

    private PercentEncoding() {}

    /** Empty for a broken escape or bytes that are not UTF-8. */
    public static Optional<String> decode(String text, boolean plusIsBlank) {
        if (isPlain(text)) {
            return Optional.of(text);
        }
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(encoded.length);
        for (int i = 0; i < encoded.length; i++) {
            byte next = encoded[i];
            if (next == '%') {
                int high = i + 2 < encoded.length ? Character.digit(encoded[i + 1], 16) : -1;
                int low = i + 2 < encoded.length ? Character.digit(encoded[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    return Optional.empty();
                }
                decoded.write(high << 4 | low);
                i += 2;
            } else {
                decoded.write(next == '+' && plusIsBlank ? ' ' : next);
            }
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(decoded.toByteArray());
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
        } catch (CharacterCodingException notUtf8) {
            return Optional.empty();
        }
    }

    /** Escapes all but letters, digits and {@code -._~}, and the dots of a dot segment too, which is then an ordinary name. */
    public static String encode(String segment) {
        boolean dots = segment.equals(".") || segment.equals("..");
        if (!dots && isPlain(segment)) {
            return segment;
        }
        StringBuilder encoded = new StringBuilder(segment.length());
        for (byte next : segment.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = next >= 0 && (isAlphanumeric(next) || (!dots && UNRESERVED.indexOf(next) >= 0));
            if (plain) {
                encoded.append((char) next);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit(next >> 4 & 15, 16)))
                        .append(Character.toUpperCase(Character.forDigit(next & 15, 16)));
            }
        }
        return encoded.toString();
    }

    /** Whether the text is the same encoded and decoded, as nearly all segments are. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (!isAlphanumeric(next) && UNRESERVED.indexOf(next) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAlphanumeric(int next) {
        return (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || (next >= '0' && next <= '9');
    }
}
