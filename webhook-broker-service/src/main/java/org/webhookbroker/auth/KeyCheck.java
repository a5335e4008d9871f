package org.webhookbroker.auth;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Judges what a request shows as its key, on either port. Thread-safe. */
public final class KeyCheck {
    /** The header, and no other place: a query is written to logs, and a cookie is sent by pages of others. */
    public static final String HEADER = "Authorization";

    /** The name of the scheme counts in any letter case (RFC 9110, 11.1). */
    private static final Pattern BEARER = Pattern.compile("(?i:bearer) +([A-Za-z0-9._~+/-]+=*)");

    /**
     * @param key what the request showed, if it is right
     * @param pause how long to wait before another try; zero unless too many have failed
     */
    public record Verdict(Optional<ApiKey> key, Duration pause) {}

    private final KeyRing keys;
    private final FailedTries tries;

    public KeyCheck(Auth auth) {
        this.keys = auth.keys();
        this.tries = auth.failedTries();
    }

    /**
     * A key that is right is never refused for what others have tried from its address: that would let them shut it out.
     *
     * @param values of the header, one for each line of it: more than one are wrong, as a proxy and the broker might look at different ones
     * @throws KeysUnavailableException if nobody knows which keys hold
     */
    public Verdict judge(List<String> values, String address) {
        Optional<ApiKey> key = values.size() == 1 ? find(values.get(0)) : Optional.empty();
        return new Verdict(key, key.isPresent() ? Duration.ZERO : tries.failed(address));
    }

    /** A wrong token in place of a key counts as a wrong key does. Returns the pause of {@link Verdict}. */
    public Duration wrongToken(String address) {
        return tries.failed(address);
    }

    /** The key of a header, as it is now: it may have been revoked since it was judged. */
    public Optional<ApiKey> find(String value) {
        Matcher bearer = BEARER.matcher(value);
        return bearer.matches() ? keys.find(bearer.group(1)) : Optional.empty();
    }
}
