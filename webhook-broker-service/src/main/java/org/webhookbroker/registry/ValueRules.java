package org.webhookbroker.registry;

import java.util.Optional;
import java.util.regex.Pattern;

/** What the texts of the registry may hold. Each rule answers with what is wrong and the way out, or with nothing. */
public final class ValueRules {
    /** Characters as MariaDB counts them: code points. */
    private static final int MAX_TEXT = 255;

    private static final int MAX_URL = 4096;
    /** As the original reads a URL: absolute means that it has a scheme, also {@code foo:bar}. */
    private static final Pattern ABSOLUTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*", Pattern.DOTALL);

    private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");
    private static final Pattern AUTHORITY = Pattern.compile("[^:]+://([^/?#]*).*", Pattern.DOTALL);
    private static final Pattern GOOD_AUTHORITY =
            Pattern.compile("([^\\s<>\"\\\\^`{|}@]*@)?(\\[[0-9A-Fa-f:.%]+]|[^\\s<>\"\\\\^`{|}@:\\[\\]]*)(:[0-9]*)?");

    private ValueRules() {}

    /** For ids, names and tokens. */
    public static Optional<String> text(String field, String value) {
        return bounded(field, value, MAX_TEXT);
    }

    /** A token goes in a header, which loses its outer blanks: with them it would never match. */
    public static Optional<String> token(String value) {
        return isBlank(value, 0) || isBlank(value, value.length() - 1)
                ? Optional.of("`token` begins or ends with a blank; leave it out")
                : text("token", value);
    }

    private static boolean isBlank(String value, int index) {
        return !value.isEmpty() && Character.isSpaceChar(value.charAt(index));
    }

    public static Optional<String> callbackUrlSize(String value) {
        return bounded("callbackUrl", value, MAX_URL);
    }

    public static boolean isAbsoluteUrl(String value) {
        if (!ABSOLUTE.matcher(value).matches()
                || value.chars().anyMatch(Character::isISOControl)
                || BAD_ESCAPE.matcher(value.split("[?#]", 2)[0]).find()) {
            return false;
        }
        var authority = AUTHORITY.matcher(value);
        return !authority.matches()
                || GOOD_AUTHORITY.matcher(authority.group(1)).matches();
    }

    private static Optional<String> bounded(String field, String value, int max) {
        int length = value.codePointCount(0, value.length());
        if (length < 1 || length > max) {
            return Optional.of("`%s` has %s characters; use 1 to %s".formatted(field, length, max));
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("`%s` holds a control character; leave it out".formatted(field));
        }
        return Optional.empty();
    }
}
