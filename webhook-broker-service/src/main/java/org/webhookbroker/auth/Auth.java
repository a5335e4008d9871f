package org.webhookbroker.auth;

import java.time.Duration;
import java.util.List;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Looping;

/** What the filters of both ports ask in the mode {@code keys}. */
public final class Auth implements Looping {
    /** After the end of one read until the next: so also reads that take 400 ms keep within {@link KeyRing#OLDEST_VIEW}. */
    private static final Duration WATCH = Duration.ofMillis(200);

    private static final Duration WRITE_USES = Duration.ofMinutes(1);

    private final KeyRing keys;
    private final FailedTries failedTries;
    private final List<BackgroundLoop> loops;

    Auth(KeyRing keys, LastUses uses, FailedTries failedTries) {
        this.keys = keys;
        this.failedTries = failedTries;
        this.loops = List.of(
                new BackgroundLoop("keys", WATCH, keys::refresh),
                new BackgroundLoop("key-use", WRITE_USES, uses::write));
    }

    public KeyRing keys() {
        return keys;
    }

    public FailedTries failedTries() {
        return failedTries;
    }

    @Override
    public List<BackgroundLoop> loops() {
        return loops;
    }
}
