package org.webhookbroker.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionFactoryTest {
    private static final String ON = "nodeName: a\nmessageDays: 1\n";

    @Test
    void defaults() throws Exception {
        RetentionFactory factory = read("{}");

        assertThat(factory.isEnabled()).isFalse();
        assertThat(factory.nodeName).isEmpty();
        assertThat(factory.messageDays).isZero();
        assertThat(factory.settings(List.of()).places().folder()).isEmpty();
        assertThat(factory.settings(List.of()).places().url()).isEmpty();
        assertThat(factory.filePrefix).isEmpty();
        assertThat(factory.maxFileSize).isEqualTo(DataSize.mebibytes(100));
        assertThat(factory.gzip).isFalse();
        assertThat(factory.batchSize).isEqualTo(500);
        assertThat(factory.pause).isEqualTo(Duration.milliseconds(10));
        assertThat(factory.every).isEqualTo(Duration.seconds(0));
    }

    @Test
    void everySetting() throws Exception {
        RetentionFactory factory = read("""
                nodeName: node-1
                messageDays: 90
                localPath: /var/archive
                remoteUrl: s3://bucket?region=eu-west-1
                filePrefix: eu/main
                maxFileSize: 1MiB
                gzip: true
                batchSize: 100
                pause: 1s
                every: 1h
                """);

        assertThat(factory.isEnabled()).isTrue();
        assertThat(factory.settings(List.of()).places().folder()).contains(Path.of("/var/archive/eu/main"));
        assertThat(factory.settings(List.of()).places().url()).hasValueSatisfying(url -> {
            assertThat(url.place()).isEqualTo("bucket");
            assertThat(url.region()).contains("eu-west-1");
        });
        assertThat(factory.maxFileSize).isEqualTo(DataSize.mebibytes(1));
        assertThat(factory.gzip).isTrue();
        assertThat(factory.batchSize).isEqualTo(100);
        assertThat(factory.pause).isEqualTo(Duration.seconds(1));
        assertThat(factory.every).isEqualTo(Duration.hours(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nodeName: a",
                "messageDays: 1",
                "remoteUrl: s3://bucket",
                ON + "localPath: /var",
                ON + "remoteUrl: file:///var",
                ON + "remoteUrl: gs://bucket\nlocalPath: /var",
            })
    void right(String yaml) {
        assertThatCode(() -> read(yaml)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nodeName: a/b|nodeName",
                "messageDays: -1|messageDays",
                "localPath: archive|retention.localPath must be an absolute folder",
                "remoteUrl: ftp://x|retention.remoteUrl must be s3://",
                "remoteUrl: bucket|retention.remoteUrl must be s3://",
                "filePrefix: ../up|filePrefix",
                "filePrefix: /top|filePrefix",
                "maxFileSize: 5GiB|maxFileSize",
                "batchSize: 1001|batchSize",
                "pause: 2m|pause",
            })
    void wrong(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    @Test
    void whatIsPrunedMustBeArchivedSomewhere() {
        assertThatThrownBy(() -> read(ON)).hasMessageContaining("retention.localPath or retention.remoteUrl is needed");
    }

    private static RetentionFactory read(String yaml) throws IOException, ConfigurationException {
        return new YamlConfigurationFactory<>(
                        RetentionFactory.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "test");
    }
}
