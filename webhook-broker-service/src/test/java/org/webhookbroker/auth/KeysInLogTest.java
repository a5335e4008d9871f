package org.webhookbroker.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Outage;

/** Whatever becomes of a key, no line of the log shows its text, at the finest level of all libraries. */
class KeysInLogTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final String WRONG = "whb_wrong0123456789";

    @Test
    void noLineShowsAKey() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        List<String> keys = new ArrayList<>();
        log.start();
        root.addAppender(log);
        root.setLevel(Level.TRACE);
        try {
            InstantSource clock = InstantSource.system();
            KeyDesk desk = new KeyDesk(mariaDb.database(), new XidGenerator(clock), clock);
            Map<String, String> add = Map.of("do", "add", "role", "admin", "name", "ops");
            AuthFactory settings = new AuthFactory();
            settings.mode = "keys";
            Auth auth = settings.build(mariaDb.database(), clock, new PrometheusRegistry())
                    .orElseThrow();

            desk.run(add, Auditing.TEST, keys::add, remark -> {});
            auth.keys().find(keys.get(0));
            auth.keys().find(WRONG);
            auth.failedTries().failed("127.0.0.1");
            try (Outage full = mariaDb.fill("INSERT", List.of("api_key"))) {
                assertThat(full).isNotNull();
                assertThatThrownBy(() -> desk.run(add, Auditing.TEST, keys::add, remark -> {}))
                        .hasMessageContaining("INSERT INTO api_key");
            }
        } finally {
            root.setLevel(before);
            root.detachAppender(log);
        }
        String text = List.copyOf(log.list).stream()
                .map(event ->
                        event.getFormattedMessage() + " " + ThrowableProxyUtil.asString(event.getThrowableProxy()))
                .collect(Collectors.joining("\n"));
        assertThat(keys).hasSize(1);
        assertThat(text).contains("add-key").doesNotContain(keys.get(0), WRONG);
    }
}
