package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.util.DataSize;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class Http2ConnectorFactoryTest {
    @Test
    void defaults() throws Exception {
        Http2ConnectorFactory factory = read("type: h2c");

        assertThat(factory.maxConnections).isEqualTo(4096);
        assertThat(factory.maxConcurrentStreams).isEqualTo(1024);
        assertThat(factory.streamWindow).isEqualTo(DataSize.kibibytes(64));
        assertThat(factory.connectionWindow).isEqualTo(DataSize.kibibytes(256));
        assertThat(factory.maxEventsPerSecond).isEqualTo(10_000);
    }

    @Test
    void everySetting() throws Exception {
        Http2ConnectorFactory factory = read("""
                type: h2c
                port: 1
                maxConnections: 2
                maxConcurrentStreams: 3
                streamWindow: 100KiB
                connectionWindow: 200KiB
                maxEventsPerSecond: 4
                """);

        assertThat(factory.getPort()).isEqualTo(1);
        assertThat(factory.maxConnections).isEqualTo(2);
        assertThat(factory.maxConcurrentStreams).isEqualTo(3);
        assertThat(factory.streamWindow).isEqualTo(DataSize.kibibytes(100));
        assertThat(factory.connectionWindow).isEqualTo(DataSize.kibibytes(200));
        assertThat(factory.maxEventsPerSecond).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "maxConnections: 0",
                "maxConcurrentStreams: 0",
                "streamWindow: 1KiB",
                "connectionWindow: 1GiB",
                "maxEventsPerSecond: 0"
            })
    void whatCannotWorkIsRefusedByName(String setting) {
        assertThatThrownBy(() -> read("type: h2c\n" + setting))
                .hasMessageContaining(setting.substring(0, setting.indexOf(':')));
    }

    /** Reads any connector, so that the type {@code h2c} must be known. */
    private static Http2ConnectorFactory read(String yaml) throws IOException, ConfigurationException {
        return (Http2ConnectorFactory) new YamlConfigurationFactory<>(
                        ConnectorFactory.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "test");
    }
}
