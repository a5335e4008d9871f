package org.webhookbroker.http.access;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Secrets as they are shown where keys are on. */
final class Hidden {
    private static final String MARK = "****";
    private static final int HINT = 4;
    /** Of a shorter token, four characters would tell too much. */
    private static final int LONG_ENOUGH = 16;

    private static final Pattern CREDENTIALS = Pattern.compile("((?:[^:/?#]*:)?//)[^/?#]*@(.*)", Pattern.DOTALL);
    private static final Pattern MARKED = Pattern.compile("(?:[^:/?#]*:)?//\\*{4}@.*", Pattern.DOTALL);
    private static final Pattern PLACE = Pattern.compile("((?:[^:/?#]*:)?//[^/?#]*).*", Pattern.DOTALL);

    private Hidden() {}

    static String token(String token) {
        int characters = token.codePointCount(0, token.length());
        return characters < LONG_ENOUGH ? MARK : MARK + token.substring(token.offsetByCodePoints(0, characters - HINT));
    }

    /** The user too: some services take their secret as the user. */
    static String credentials(String url) {
        Matcher parts = CREDENTIALS.matcher(url);
        return parts.matches() ? parts.group(1) + MARK + "@" + parts.group(2) : url;
    }

    static String place(String url) {
        Matcher parts = PLACE.matcher(credentials(url));
        return parts.matches() ? parts.group(1) : "";
    }

    /** Why a form cannot be used whose sender gives back what an answer showed. */
    static Optional<String> givenBack(String token, String callbackUrl) {
        if (token.startsWith(MARK)) {
            return Optional.of("`token` is what an answer shows in place of the token: send the whole token,"
                    + " or PATCH without `token` to keep it");
        }
        if (MARKED.matcher(callbackUrl).matches()) {
            return Optional.of("`callbackUrl` has **** in place of user and password, as an answer shows it: send them,"
                    + " or PATCH without `callbackUrl` to keep it");
        }
        return Optional.empty();
    }
}
