package org.webhookbroker.auth;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dropwizard.jersey.validation.Validators;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;

class AuthFactoryTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final AuthFactory settings = new AuthFactory();

    private Optional<Auth> build() {
        return settings.build(mariaDb.database(), InstantSource.system(), new PrometheusRegistry());
    }

    @Test
    void whoNeedsNoKeyHasNoLoopAndNoMetric() {
        PrometheusRegistry metrics = new PrometheusRegistry();
        assertThat(settings.build(mariaDb.database(), InstantSource.system(), metrics))
                .isEmpty();
        assertThat(metrics.scrape()).isEmpty();
        assertThat(settings.isOn()).isFalse();
    }

    @Test
    void aModeThatIsNoneIsRefused() {
        settings.mode = "key";
        assertThat(Validators.newValidator().validate(settings)).singleElement().satisfies(violation -> {
            assertThat(violation.getPropertyPath()).hasToString("mode");
            assertThat(violation.getMessage()).isEqualTo("must be one of [none, keys]");
        });
    }

    @Test
    void aNodeSaysHowTheFirstKeyIsMadeAndShowsNone() {
        settings.mode = "keys";
        Logger logger = (Logger) LoggerFactory.getLogger(AuthFactory.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            assertThat(build()).isPresent();
            assertThat(log.list).singleElement().satisfies(line -> {
                assertThat(line.getLevel()).isEqualTo(Level.WARN);
                assertThat(line.getFormattedMessage())
                        .contains("keys add config.yml --role admin")
                        .doesNotContain(KeyText.PREFIX);
            });
            assertThat(mariaDb.sql().count("api_key")).isZero();

            new Keys(mariaDb.database(), new XidGenerator(InstantSource.system()), InstantSource.system())
                    .add(NewKey.of(Map.of("role", "admin", "name", "ops")), Auditing.TEST);
            assertThat(build()).isPresent();
            assertThat(log.list).hasSize(1);
        } finally {
            logger.detachAppender(log);
        }
    }
}
