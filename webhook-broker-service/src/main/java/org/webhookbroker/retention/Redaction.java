package org.webhookbroker.retention;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What archives do not have, since it is secret: some metadata headers, in any letter case, and the credentials in callback URLs. */
record Redaction(Set<String> headers) {
    private static final Pattern CREDENTIALS = Pattern.compile("^([^:/?#]+://)[^/?#]*@");

    static Redaction of(Collection<String> headers) {
        return new Redaction(headers.stream().map(Redaction::key).collect(Collectors.toUnmodifiableSet()));
    }

    boolean keeps(String header) {
        return !headers.contains(key(header));
    }

    private static String key(String header) {
        return header.toLowerCase(Locale.ROOT);
    }

    static String withoutCredentials(String callbackUrl) {
        return CREDENTIALS.matcher(callbackUrl).replaceFirst("$1");
    }
}
