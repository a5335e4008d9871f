package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/** A statement that fails is logged, and its values are not: they are tokens, secrets and payloads. */
class SecretsInLogTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @Test
    void aFailedStatementShowsNoValues() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        try (LocalBroker broker = LocalBroker.start(mariaDb)) {
            broker.client().put("/channel/c", "token=ct");
            String path = "/channel/c/consumer/k";
            Answer created = broker.client().put(path, "token=secret-token&callbackUrl=http://host/secret-path");
            mariaDb.sql().execute("ALTER TABLE consumer MODIFY signing_secrets VARCHAR(3) NOT NULL DEFAULT ''");
            log.start();
            root.addAppender(log);
            Answer failed = broker.client()
                    .form(
                            "PATCH " + path,
                            "signing=v1&signingSecret=" + SECRET,
                            "If-Unmodified-Since: " + created.header("Last-Modified"));
            assertThat(failed.status()).isBetween(400, 599);
            assertThat(failed.body()).doesNotContain(SECRET, "secret-token", "secret-path");
        } finally {
            root.detachAppender(log);
        }
        List<ILoggingEvent> events = List.copyOf(log.list);
        String text = events.stream()
                .map(event ->
                        event.getFormattedMessage() + " " + ThrowableProxyUtil.asString(event.getThrowableProxy()))
                .collect(Collectors.joining("\n"));
        assertThat(text)
                .contains("UPDATE consumer", "signing_secrets")
                .doesNotContain(SECRET, "secret-token", "secret-path");
    }
}
