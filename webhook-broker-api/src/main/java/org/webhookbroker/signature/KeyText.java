package org.webhookbroker.signature;

import java.util.Base64;

/** The text of a key: a prefix that says which kind it is, and standard base64 with padding. */
final class KeyText {
    private KeyText() {}

    /** The bytes behind the prefix. No message tells anything of them but their number. */
    static byte[] decode(String text, String prefix) {
        String encoded = text.substring(prefix.length());
        try {
            byte[] bytes = Base64.getDecoder().decode(encoded);
            // Java's decoder would do without the padding, and with bits that count for nothing.
            if (Base64.getEncoder().encodeToString(bytes).equals(encoded)) {
                return bytes;
            }
        } catch (IllegalArgumentException notBase64) {
            // Says which character it was: not for logs.
        }
        throw new IllegalArgumentException("is not standard base64 with padding behind " + prefix);
    }

    static String encode(String prefix, byte[] bytes) {
        return prefix + Base64.getEncoder().encodeToString(bytes);
    }
}
