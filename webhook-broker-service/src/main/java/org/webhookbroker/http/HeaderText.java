package org.webhookbroker.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Header values as people mean them: HTTP moves bytes, which the server shows as Latin-1, and today's clients send UTF-8. */
final class HeaderText {
    private HeaderText() {}

    /** The same text unless it has bytes outside ASCII; what is not UTF-8 stays Latin-1. */
    static String decode(String value) {
        if (isAscii(value)) {
            return value;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return value;
        }
    }

    static @Nullable String decodeIfAny(@Nullable String value) {
        return value == null ? null : decode(value);
    }

    /** For a header of an answer: the server writes each character as one byte. */
    static String encode(String text) {
        return isAscii(text) ? text : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                return false;
            }
        }
        return true;
    }
}
