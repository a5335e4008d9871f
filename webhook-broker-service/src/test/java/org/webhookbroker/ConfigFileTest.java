package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.DefaultConfigurationFactoryFactory;
import io.dropwizard.configuration.FileConfigurationSourceProvider;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.quota.JobQuota;
import org.webhookbroker.quota.JobQuota.WhenFull;
import org.webhookbroker.quota.QuotasFactory;
import org.webhookbroker.quota.SendQuota;

final class ConfigFileTest {
    private static final Path SHIPPED = Path.of("..", "config.yml");

    @TempDir
    Path folder;

    /** So that the file documents the defaults, and a broker with an empty file behaves alike. */
    @Test
    void theShippedFileStatesTheDefaultsOfOurOwnBlocks() throws Exception {
        BrokerConfiguration empty = load(Files.writeString(folder.resolve("empty.yml"), "{}"));
        BrokerConfiguration shipped = load(SHIPPED);
        assertThat(shipped.database).usingRecursiveComparison().isEqualTo(empty.database);
        assertThat(shipped.intake).usingRecursiveComparison().isEqualTo(empty.intake);
        assertThat(shipped.dispatch).usingRecursiveComparison().isEqualTo(empty.dispatch);
        assertThat(shipped.outbound).usingRecursiveComparison().isEqualTo(empty.outbound);
        assertThat(shipped.retry).usingRecursiveComparison().isEqualTo(empty.retry);
        assertThat(shipped.retention).usingRecursiveComparison().isEqualTo(empty.retention);
        assertThat(shipped.ops).usingRecursiveComparison().isEqualTo(empty.ops);
    }

    @Test
    void theShippedFileStatesTheDefaultsForPullConsumers() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.yml"), "{}");
        assertThat(load(SHIPPED).pull).usingRecursiveComparison().isEqualTo(load(empty).pull);
    }

    @Test
    void theShippedFileStatesTheDefaultsOfSeedAndGateway() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.yml"), "{}");
        assertThat(load(SHIPPED).secrets).usingRecursiveComparison().isEqualTo(load(empty).secrets);
        assertThat(load(SHIPPED).seed).usingRecursiveComparison().isEqualTo(load(empty).seed);
        assertThat(load(SHIPPED).gatewayAuth).usingRecursiveComparison().isEqualTo(load(empty).gatewayAuth);
    }

    @Test
    void theShippedFileStatesTheDefaultsForKeys() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.yml"), "{}");
        assertThat(load(SHIPPED).auth).usingRecursiveComparison().isEqualTo(load(empty).auth);
    }

    @Test
    void quotasAreReadAndRefusedWhereTheyMakeNoSense() throws Exception {
        QuotasFactory quotas = load(SHIPPED).quotas;
        assertThat(quotas.keys).isEmpty();
        assertThat(quotas.producers).isEmpty();
        assertThat(quotas.channels).isEmpty();
        assertThat(quotas.consumers).isEmpty();
        String text = Files.readString(SHIPPED)
                .replace("${QUOTA_KEYS:-[]}", "[{messages: 5, bytes: 1MiB, burst: 30s}]")
                .replace("${QUOTA_CONSUMERS:-[]}", "[{channel: c, id: k, liveJobs: 7, whenFull: refuses}]");
        quotas = load(Files.writeString(folder.resolve("quotas.yml"), text)).quotas;
        assertThat(quotas.keys).containsExactly(new SendQuota("", 5, 1 << 20, Duration.ofSeconds(30)));
        assertThat(quotas.consumers).containsExactly(new JobQuota("c", "k", 7, WhenFull.REFUSES));

        assertRefused("\\$\\{QUOTA_KEYS.*", "[{messages: -1}]", "a quota is not negative");
        assertRefused("\\$\\{QUOTA_KEYS.*", "[{bytes: 1MiB, burst: 10ms}]", "burst must be from 1s to 1h");
        assertRefused("\\$\\{QUOTA_KEYS.*", "[{id: 0123, messages: 1}]", "put it in quotes");
        assertRefused("\\$\\{QUOTA_KEYS.*", "[{messages: 1}, {bytes: 1B}]", "two without one");
        assertRefused("\\$\\{QUOTA_KEYS.*", "[{mesages: 1}]", "mesages");
        assertRefused("\\$\\{QUOTA_CONSUMERS.*", "[{id: k, liveJobs: 1}]", "by its channel and its id");
        assertRefused("\\$\\{QUOTA_CONSUMERS.*", "[{liveJobs: 1, whenFull: drops}]", "holds or refuses");
    }

    @Test
    void theShippedFileStatesTheDefaultsOfTls() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.yml"), "{}");
        assertThat(load(SHIPPED).tls).usingRecursiveComparison().isEqualTo(load(empty).tls);
    }

    @Test
    void theShippedFileStatesTheDefaultOfTheDrain() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.yml"), "{}");
        assertThat(load(SHIPPED).getServerFactory().drain).isEqualTo(load(empty).getServerFactory().drain);
        assertRefused("DRAIN:-5s", "DRAIN:-11m", "server.drain must be less than or equal to 10");
        assertRefused("DRAIN:-5s", "DRAIN:-5", "server.drain");
        assertRefused("DRAIN:-5s", "DRAIN:--1s", "server.drain");
    }

    /** Those who have written the type of Dropwizard's block into their file. */
    @Test
    void theServerMayBeOfItsOnlyType() throws Exception {
        Path file = Files.writeString(folder.resolve("typed.yml"), "server: {type: default, drain: 7s}");
        assertThat(load(file).getServerFactory().drain.toSeconds()).isEqualTo(7);
    }

    /** Whoever has set it believes to be protected by it. */
    @Test
    void aSettingOfTlsThatWouldDoNothingIsRefused() throws Exception {
        assertRefused("TLS_KEY:-", "TLS_KEY:-a.pem", "tls.certificate and tls.key belong together");
        assertRefused("TLS_CERTIFICATE:-", "TLS_CERTIFICATE:-a.pem", "tls.certificate and tls.key belong together");
        assertRefused("TLS_ADMIN_PORT:-false", "TLS_ADMIN_PORT:-true", "tls.adminPort and tls.clientAuth need");
        assertRefused("TLS_CLIENT_AUTH:-none", "TLS_CLIENT_AUTH:-need", "tls.clientAuth need tls.certificate");
        assertRefused("TLS_CLIENT_AUTH:-none", "TLS_CLIENT_AUTH:-want", "tls.clientAuthorities belong together");
        assertRefused("TLS_CLIENT_AUTHORITIES:-", "TLS_CLIENT_AUTHORITIES:-a", "tls.clientAuthorities belong together");
        assertRefused("TLS_CLIENT_AUTH:-none", "TLS_CLIENT_AUTH:-always", "tls.clientAuth");
    }

    @Test
    void namesAFieldThatDoesNotExist() throws Exception {
        assertRefused("poolSize", "poolSiez", "poolSiez");
    }

    /** What earlier versions had. */
    @Test
    void namesASettingThatIsGone() throws Exception {
        assertRefused("minScheduleDelay: .*", "writers: 1", "intake.writers");
        assertRefused("filePrefix: .*", "remoteDestination: s3", "retention.remoteDestination");
    }

    @Test
    void namesAFieldWithAWrongValue() throws Exception {
        assertRefused("poolSize: .*", "poolSize: 2", "database.poolSize must be greater than or equal to 8");
        assertRefused("url: .*", "url: jdbc:mysql://x/y", "database.url must be empty");
        assertRefused("socketTimeout: .*", "socketTimeout: soon", "socketTimeout");
        assertRefused("minUploadRate: .*", "minUploadRate: 0B", "intake.minUploadRate");
        assertRefused(
                "AUDIT_MAX_ENTRIES:-1000000",
                "AUDIT_MAX_ENTRIES:-10000001",
                "audit.maxEntries must be less than or equal to 10000000");
        assertRefused(
                "INTAKE_MAX_BYTES:-64MiB",
                "INTAKE_MAX_BYTES:-39MiB",
                "intake.maxBytesInMemory must be at least two and a half times intake.maxPayload");
    }

    private void assertRefused(String field, String replacement, String message) throws Exception {
        String text = Files.readString(SHIPPED).replaceFirst(field, replacement);
        Path wrong = Files.writeString(folder.resolve("wrong.yml"), text);
        assertThatThrownBy(() -> load(wrong)).hasMessageContaining(message);
    }

    private static BrokerConfiguration load(Path file) throws Exception {
        return new DefaultConfigurationFactoryFactory<BrokerConfiguration>()
                .create(BrokerConfiguration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(new ConfigurationFile(new FileConfigurationSourceProvider(), name -> null), file.toString());
    }
}
