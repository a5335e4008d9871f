package org.webhookbroker.http;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response.Status;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One field of a small urlencoded body; read by hand, as the contract's rules for the content type are not those of Jersey. */
final class FormBody {
    private static final int LIMIT = 64 << 10;

    private FormBody() {}

    /** The first value of the field, or null. The part of the content type before {@code ;} must match exactly. */
    static @Nullable String field(String name, HttpHeaders headers, InputStream body) throws IOException {
        String contentType = headers.getRequestHeaders().getFirst(HttpHeaders.CONTENT_TYPE);
        if (contentType == null || !contentType.split(";", 2)[0].equals(MediaType.APPLICATION_FORM_URLENCODED)) {
            throw new WebApplicationException(Answers.text(Status.UNSUPPORTED_MEDIA_TYPE, "Media type not supported"));
        }
        byte[] bytes = body.readNBytes(LIMIT);
        for (String pair : new String(bytes, StandardCharsets.UTF_8).split("&")) {
            int equals = pair.indexOf('=');
            if (equals >= 0 && name.equals(decoded(pair.substring(0, equals)))) {
                return decoded(pair.substring(equals + 1));
            }
        }
        return null;
    }

    private static @Nullable String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException badEscape) {
            return null;
        }
    }
}
