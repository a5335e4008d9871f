package org.webhookbroker.outbound.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dropwizard.jersey.validation.Validators;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.StartRefusedException;
import org.webhookbroker.testing.SettableClock;
import org.webhookbroker.testing.TestAuthority;
import org.webhookbroker.testing.TestAuthority.Issued;

/** Profiles and their files: what stops the start, what is told later, and that no text has a key. */
class TlsRulesTest {
    @TempDir
    Path folder;

    private final TestAuthority authority = TestAuthority.named("authority");
    private final SettableClock clock = new SettableClock();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(WatchedProfile.class);

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void close() {
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    @Test
    void withoutProfilesThereIsTheDefault() {
        TlsRules rules = new TlsRules(List.of(), false, clock);
        assertThat(rules.profile("")).isPresent().isEqualTo(rules.profile("default"));
        assertThat(rules.profile("Default")).isEmpty();
        assertThat(rules.wrongProfile("bank"))
                .contains("`tlsProfile`: the configuration has no TLS profile bank; it has default only");
        assertThat(rules.wrongUrl("http://h.test/")).isEmpty();
        assertThat(rules.hasFiles()).isFalse();
    }

    @Test
    void filesThatDoNotFitStopTheStart() throws Exception {
        TlsProfileFactory mixed = profile("bank", authority.issue("one.test"));
        mixed.key = profile("other", authority.issue("two.test")).key;
        assertRefused("outbound.tls.bank.key: ", " is not the key of the certificate in ", mixed);
        TlsProfileFactory missing = profile("bank", authority.issue("one.test"));
        missing.caBundle = folder.resolve("none.pem").toString();
        assertRefused("outbound.tls.bank.caBundle: there is no file ", "none.pem", missing);
        TlsProfileFactory leaf = profile("bank", authority.issue("one.test"));
        leaf.caBundle = leaf.certificate;
        assertRefused("outbound.tls.bank.caBundle: CN=one.test", "is no authority", leaf);
        assertRefused(
                "outbound.tls has two profiles bank",
                "two names",
                profile("bank", authority.issue("one.test")),
                profile("bank", authority.issue("one.test")));
    }

    @ParameterizedTest
    @CsvSource({
        "bank, c.pem, k.pem, true",
        "b.a_n-k, '', '', true",
        "'', '', '', false",
        "a b, '', '', false",
        "ä, '', '', false",
        "bank, c.pem, '', false",
        "bank, '', k.pem, false"
    })
    void whatTheConfigurationMaySay(String name, String certificate, String key, boolean right) {
        TlsProfileFactory profile = new TlsProfileFactory();
        profile.name = name;
        profile.certificate = certificate;
        profile.key = key;
        assertThat(Validators.newValidator().validate(profile).isEmpty()).isEqualTo(right);
    }

    @Test
    void filesThatCannotBeUsedAreToldOfOnce() throws Exception {
        TlsProfileFactory profile = profile("bank", authority.issue("one.test"));
        TlsRules rules = new TlsRules(List.of(profile), false, clock);
        TlsProfile before = rules.profile("bank").orElseThrow();

        Files.writeString(Path.of(profile.key), authority.issue("two.test").keyPem());
        rules.look();
        rules.look();
        assertThat(rules.profile("bank")).containsSame(before);
        assertThat(lines()).hasSize(1);
        assertThat(lines().get(0)).startsWith("TLS profile bank stays as it was. outbound.tls.bank.key: ");

        Issued three = authority.issue("three.test");
        write("bank", three);
        rules.look();
        assertThat(rules.profile("bank").orElseThrow()).isNotSameAs(before);
        assertThat(lines()).hasSize(2);
        assertThat(lines().get(1))
                .startsWith("TLS profile bank has changed: client certificate CN=three.test, until ")
                .doesNotContain(line(three));
        Files.writeString(Path.of(profile.key), "");
        rules.look();
        assertThat(lines()).as("trouble that comes again is told again").hasSize(3);
    }

    /** Whatever a parser throws. */
    @Test
    void aProfileThatCannotBeReadKeepsNoOtherFromItsFiles() throws Exception {
        TlsProfileFactory broken = profile("a", authority.issue("one.test"));
        TlsRules rules = new TlsRules(List.of(broken, profile("b", authority.issue("two.test"))), false, clock);
        TlsProfile before = rules.profile("a").orElseThrow();
        broken.certificate = null;
        write("b", authority.issue("three.test"));
        rules.look();
        rules.look();
        assertThat(rules.profile("a")).containsSame(before);
        assertThat(lines()).hasSize(2);
        assertThat(lines().get(0))
                .isEqualTo("TLS profile a stays as it was. Java cannot read its files: java.lang.NullPointerException");
        assertThat(lines().get(1)).startsWith("TLS profile b has changed: client certificate CN=three.test");
    }

    /** It has other consumers too. */
    @Test
    void aClientCertificateThatHasEndedDoesNotStopTheStart() throws Exception {
        TlsProfileFactory profile = profile("bank", authority.issue("one.test"));
        TlsRules rules = new TlsRules(List.of(profile), false, clock);
        assertThat(lines()).isEmpty();
        clock.jump(Duration.ofDays(3));
        rules.look();
        rules.look();
        assertThat(lines()).hasSize(1);
        assertThat(lines().get(0))
                .startsWith("TLS profile bank has a client certificate that its consumers refuse: it ended at ");
        assertThat(new TlsRules(List.of(profile), false, clock).profile("bank")).isPresent();
    }

    @Test
    void noTextHasAKey() throws Exception {
        Issued own = authority.issue("one.test");
        TlsProfileFactory profile = profile("bank", own);
        String secret = line(own);
        assertThat(profile.read().toString()).contains("CN=one.test").doesNotContain(secret);
        TlsProfile loaded =
                new TlsRules(List.of(profile), false, clock).profile("bank").orElseThrow();
        assertThat(loaded.toString()).isEqualTo("bank");
        assertThat(new TlsName("h.test", 443, loaded).toString()).doesNotContain(secret);
    }

    /** Of its key. */
    private static String line(Issued whose) {
        return whose.keyPem().lines().skip(1).findFirst().orElseThrow();
    }

    private void assertRefused(String beginning, String part, TlsProfileFactory... profiles) {
        assertThatThrownBy(() -> new TlsRules(List.of(profiles), false, clock))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageStartingWith(beginning)
                .hasMessageContaining(part);
    }

    private List<String> lines() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private TlsProfileFactory profile(String name, Issued identity) throws IOException {
        write(name, identity);
        TlsProfileFactory profile = new TlsProfileFactory();
        profile.name = name;
        profile.caBundle =
                Files.writeString(folder.resolve("ca.pem"), authority.pem()).toString();
        profile.certificate = folder.resolve(name + ".pem").toString();
        profile.key = folder.resolve(name + "-key.pem").toString();
        return profile;
    }

    private void write(String name, Issued identity) throws IOException {
        Files.writeString(folder.resolve(name + ".pem"), identity.pem());
        Files.writeString(folder.resolve(name + "-key.pem"), identity.keyPem());
    }
}
