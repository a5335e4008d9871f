package org.webhookbroker.http.server;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Contract 13.1: {@code t=<unix seconds>,v1=<hex>}, the two parts in any order. */
record SignatureHeader(long unixSeconds, String digest) {
    private static final Pattern TIME = Pattern.compile("t=([+-]?[0-9]{1,30})");
    private static final String DIGEST = "v1=";

    /** Empty for anything malformed. A digest that cannot be right is not malformed. */
    static Optional<SignatureHeader> parse(String text) {
        String[] parts = text.split(",", -1);
        if (parts.length != 2) {
            return Optional.empty();
        }
        return parse(parts[0].strip(), parts[1].strip()).or(() -> parse(parts[1].strip(), parts[0].strip()));
    }

    private static Optional<SignatureHeader> parse(String time, String digest) {
        Matcher matcher = TIME.matcher(time);
        if (!matcher.matches() || !digest.startsWith(DIGEST)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new SignatureHeader(Long.parseLong(matcher.group(1)), digest.substring(DIGEST.length())));
        } catch (NumberFormatException moreThan64Bits) {
            return Optional.empty();
        }
    }
}
