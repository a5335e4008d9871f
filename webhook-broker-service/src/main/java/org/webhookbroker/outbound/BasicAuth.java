package org.webhookbroker.outbound;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/** The user and password of a URL as the value of an Authorization header. */
final class BasicAuth {
    private BasicAuth() {}

    /** @param userInfo {@code user:password} as written in the URL; the password may be missing */
    static String of(String userInfo) {
        byte[] credentials = decode(userInfo.indexOf(':') < 0 ? userInfo + ":" : userInfo);
        return "Basic " + Base64.getEncoder().encodeToString(credentials);
    }

    /** To bytes and no further: what is percent-encoded need not be UTF-8. */
    static byte[] decode(String written) {
        byte[] bytes = written.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '%'
                    && i + 2 < bytes.length
                    && HexFormat.isHexDigit(bytes[i + 1])
                    && HexFormat.isHexDigit(bytes[i + 2])) {
                decoded.write(HexFormat.fromHexDigit(bytes[i + 1]) << 4 | HexFormat.fromHexDigit(bytes[i + 2]));
                i += 2;
            } else {
                decoded.write(bytes[i]);
            }
        }
        return decoded.toByteArray();
    }
}
