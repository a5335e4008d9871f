package org.webhookbroker.http.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.codahale.metrics.health.HealthCheck;
import io.dropwizard.core.setup.Environment;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.StartRefusedException;
import org.webhookbroker.testing.SettableClock;
import org.webhookbroker.testing.TestAuthority;
import org.webhookbroker.testing.TestAuthority.Issued;
import org.webhookbroker.testing.TestAuthority.Validity;

/** Files that are replaced while the broker runs: which are used, and what is said about those that cannot be. */
class ServerTlsTest {
    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(ServerTls.class);

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock();
    private final TestAuthority authority = TestAuthority.named("authority");
    private final Issued first = authority.issue("first.test");
    private final Issued second = authority.issue("second.test");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final PrometheusRegistry metrics = new PrometheusRegistry();
    private final Environment environment = new Environment("test");
    private TlsFiles files;
    private ServerTls tls;

    @BeforeEach
    void start() throws IOException {
        files = new TlsFiles(folder).put(first);
        tls = files.settings().build(clock).orElseThrow();
        tls.install(environment, metrics);
        log.start();
        LOGGER.setLevel(Level.INFO);
        LOGGER.addAppender(log);
    }

    @AfterEach
    void stop() {
        LOGGER.detachAppender(log);
        LOGGER.setLevel(null);
    }

    @Test
    void whatDoesNotChangeIsNotTold() {
        tls.runOnce();
        tls.runOnce();

        assertThat(log.list).isEmpty();
        assertThat(health().getMessage())
                .startsWith("It ends at " + ends(first))
                .endsWith("in 0 days");
    }

    @Test
    void aNewCertificateIsUsed() throws IOException {
        files.put(second);
        tls.runOnce();

        assertServed(second);
        assertThat(lines(Level.INFO)).isEqualTo(1);
    }

    /** The certificate is there, and its key is not yet. Nobody needs to know. */
    @Test
    void halfOfAReplacementIsWaitedFor() throws IOException {
        files.put(files.certificate(), second.pem());
        tls.runOnce();
        assertServed(first);
        files.put(files.key(), second.keyPem());
        tls.runOnce();

        assertServed(second);
        assertThat(lines(Level.ERROR)).isZero();
        assertThat(gauge("webhook_broker_tls_files_unusable")).isZero();
    }

    @Test
    void whatStaysUnusableIsToldOnceAndTheOldOneGoesOn() throws IOException {
        Files.writeString(files.certificate(), second.pem().substring(0, 200));
        for (int i = 0; i < 5; i++) {
            tls.runOnce();
        }

        assertServed(first);
        assertThat(lines(Level.ERROR)).isEqualTo(1);
        assertThat(log.list.get(0).getFormattedMessage())
                .startsWith("tls.certificate: " + files.certificate() + " is not whole")
                .contains("CN=first.test");
        assertThat(log.list.get(0).getThrowableProxy()).isNull();
        assertThat(gauge("webhook_broker_tls_files_unusable")).isEqualTo(1);
        assertThat(health().isHealthy()).isTrue();
        assertThat(health().getMessage()).contains("is not whole");

        files.put(second);
        tls.runOnce();
        assertServed(second);
        assertThat(gauge("webhook_broker_tls_files_unusable")).isZero();
        assertThat(health().getMessage()).doesNotContain("is not whole");

        Files.delete(files.key());
        tls.runOnce();
        tls.runOnce();
        assertServed(second);
        assertThat(lines(Level.ERROR)).as("another trouble").isEqualTo(2);
    }

    /** Whatever a parser throws. */
    @Test
    void whatCannotEvenBeJudgedIsToldToo() throws IOException {
        TlsFactory settings = files.settings();
        ServerTls other = settings.build(clock).orElseThrow();
        settings.certificate = null;
        for (int i = 0; i < 3; i++) {
            other.runOnce();
        }

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .satisfiesExactly(line -> assertThat(line)
                        .startsWith("Java cannot read the files of tls: java.lang.NullPointerException. Until then ")
                        .contains("CN=first.test"));
    }

    @Test
    void oneThatEndedOrIsAnothersIsNotTaken() throws IOException {
        files.put(authority.issue(
                "old.test", TestAuthority.keyPair("EC", 256), Validity.of(Duration.ofDays(-3), Duration.ofDays(-2))));
        tls.runOnce();
        tls.runOnce();
        assertServed(first);
        files.put(files.certificate(), second.pem());
        tls.runOnce();
        tls.runOnce();

        assertServed(first);
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .satisfiesExactly(
                        line -> assertThat(line).contains("CN=old.test", "ended at"),
                        line -> assertThat(line).contains("is not the key of the certificate"));
    }

    /** It serves whoever does not mind, and the check says what is wrong. */
    @Test
    void oneThatEndsInUse() {
        assertThat(gauge("webhook_broker_tls_certificate_expiry_seconds")).isBetween(86_000.0, 86_400.0);
        clock.jump(Duration.ofDays(2));
        tls.runOnce();
        tls.runOnce();

        assertServed(first);
        assertThat(gauge("webhook_broker_tls_certificate_expiry_seconds")).isBetween(-90_000.0, -86_000.0);
        assertThat(health().isHealthy()).isFalse();
        assertThat(health().getMessage()).isEqualTo("The certificate of tls.certificate ended at " + ends(first));
        assertThat(lines(Level.ERROR)).isEqualTo(1);
    }

    @Test
    void noTextHasTheKey() throws IOException {
        files.put(second);
        tls.runOnce();
        Files.writeString(files.key(), second.keyPem().replace("END", "BEGIN"));
        tls.runOnce();
        tls.runOnce();

        String secret = second.keyPem().substring(30, 60);
        assertThat(log.list)
                .isNotEmpty()
                .noneMatch(each -> each.getFormattedMessage().contains(secret));
        assertThat(tls.served().toString()).doesNotContain(secret).isEqualTo("CN=second.test, until " + ends(second));
    }

    @Test
    void theStartIsRefused() throws IOException {
        Files.delete(files.key());
        assertThatThrownBy(() -> files.settings().build(clock))
                .isInstanceOf(StartRefusedException.class)
                .hasMessage("tls.key: there is no file " + files.key());
    }

    private void assertServed(Issued whose) {
        assertThat(tls.served().chain()).isEqualTo(whose.chain());
    }

    private long lines(Level level) {
        return log.list.stream().filter(each -> each.getLevel() == level).count();
    }

    private static Instant ends(Issued issued) {
        return issued.certificate().getNotAfter().toInstant();
    }

    private HealthCheck.Result health() {
        return environment.healthChecks().runHealthCheck("tls-certificate");
    }

    private double gauge(String name) {
        return ((GaugeSnapshot) metrics.scrape(name::equals).get(0))
                .getDataPoints()
                .get(0)
                .getValue();
    }
}
