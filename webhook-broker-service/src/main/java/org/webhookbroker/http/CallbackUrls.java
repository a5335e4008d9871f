package org.webhookbroker.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.api.StatusResponse;

/** Takes callback URLs apart for the answer of {@code _status} (contract 8.1). Any text passes, since old ones may be stored. */
final class CallbackUrls {
    /** From RFC 3986, appendix B. */
    private static final Pattern PARTS =
            Pattern.compile("(([^:/?#]+):)?(//([^/?#]*))?([^?#]*)(\\?([^#]*))?(#(.*))?", Pattern.DOTALL);

    private CallbackUrls() {}

    static StatusResponse.Url parts(String url) {
        Matcher parts = PARTS.matcher(url);
        boolean matched = parts.matches();
        String authority = matched ? text(parts.group(4)) : "";
        String path = matched ? text(parts.group(5)) : url;
        boolean opaque = matched && parts.group(3) == null && !path.startsWith("/");
        int at = authority.lastIndexOf('@');
        String decoded = decoded(path);
        return new StatusResponse.Url(
                matched ? text(parts.group(2)) : "",
                opaque ? path : "",
                at < 0 ? null : Map.of(),
                authority.substring(at + 1),
                opaque ? "" : decoded,
                opaque || decoded.equals(path) ? "" : path,
                false,
                matched && "?".equals(parts.group(6)),
                matched ? text(parts.group(7)) : "",
                matched ? decoded(text(parts.group(9))) : "",
                "");
    }

    /** Only where it leads: path and query may be what a stranger must know to call it. */
    static StatusResponse.Url place(String url) {
        StatusResponse.Url parts = parts(url);
        return new StatusResponse.Url(parts.scheme(), "", parts.user(), parts.host(), "", "", false, false, "", "", "");
    }

    private static String text(@Nullable String part) {
        return Objects.requireNonNullElse(part, "");
    }

    private static String decoded(String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException badEscape) {
            return part;
        }
    }
}
