package org.webhookbroker.client;

import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Which version of HTTP a call is made with. By TLS the two sides agree on one. Without it the JDK's client gets HTTP/2 by an upgrade
 * only, which the broker grants to requests without a body; so one such request goes ahead of a batch. Thread-safe.
 */
final class Versions {
    /**
     * Up to what a stream's window takes at once. The JDK's client of Java 17 waits for room to send the rest of a larger body even
     * when the broker has refused it already, so larger ones go by HTTP/1.1, where it does not.
     */
    static final int LARGEST_BODY = 64 * 1024 - 1;

    private static final Duration BETWEEN_UPGRADES = Duration.ofSeconds(5);

    private final Transport transport;
    private final ClientSettings settings;
    private final AtomicLong nextUpgrade;
    private volatile Version version;

    Versions(Transport transport, ClientSettings settings) {
        this.transport = transport;
        this.settings = settings;
        this.version = transport.isTls() ? Version.HTTP_2 : Version.HTTP_1_1;
        this.nextUpgrade = new AtomicLong(settings.timing().now());
    }

    Version current() {
        return version;
    }

    Version of(Call call) {
        return call.body().length > LARGEST_BODY ? Version.HTTP_1_1 : version;
    }

    /** A connection that has gone is replaced by one of HTTP/1.1. */
    void answered(Version asked, Answer answer) {
        if (!transport.isTls() && asked == Version.HTTP_2 && answer.version() == Version.HTTP_1_1) {
            version = Version.HTTP_1_1;
        }
    }

    /** Upgrades if that is due. A server without HTTP/2, or one that is away, costs one request in five seconds. */
    void upgrade(Call withoutBody) throws InterruptedException {
        long now = settings.timing().now();
        long due = nextUpgrade.get();
        if (version == Version.HTTP_1_1
                && now - due >= 0
                && nextUpgrade.compareAndSet(due, Long.MAX_VALUE / 2 + now)) { // Not while it is asked.
            try {
                version = transport
                        .exchange(withoutBody, Version.HTTP_2, timeout())
                        .version();
            } catch (IOException away) {
                // HTTP/1.1 will do, and the calls of the batch say what is wrong.
            } finally {
                nextUpgrade.set(settings.timing().now() + BETWEEN_UPGRADES.toNanos());
            }
        }
    }

    /** A short one, since the batch waits, and has no need of the answer. */
    private Duration timeout() {
        return Stream.of(settings.connectTimeout(), settings.attemptTimeout(), settings.deadline())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }
}
