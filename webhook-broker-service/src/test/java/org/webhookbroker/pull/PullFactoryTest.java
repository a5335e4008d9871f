package org.webhookbroker.pull;

import static org.assertj.core.api.Assertions.assertThat;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PullFactoryTest {
    @Test
    void defaults() throws Exception {
        PullFactory factory = read("{}");

        assertThat(factory.rationalDelay).isEqualTo(Duration.seconds(2));
        assertThat(factory.largestAnswer).isEqualTo(DataSize.mebibytes(4));
        assertThat(factory.maxBytesInMemory).isEqualTo(DataSize.mebibytes(64));
        assertThat(factory.maxWaiting).isEqualTo(1000);
        assertThat(factory.longestWait).isEqualTo(Duration.seconds(20));
    }

    @Test
    void everySetting() throws Exception {
        PullFactory factory = read("""
                rationalDelay: 0s
                largestAnswer: 1MiB
                maxBytesInMemory: 100MiB
                maxWaiting: 0
                longestWait: 5s
                """);

        assertThat(factory.rationalDelay).isEqualTo(Duration.seconds(0));
        assertThat(factory.largestAnswer).isEqualTo(DataSize.mebibytes(1));
        assertThat(factory.maxBytesInMemory).isEqualTo(DataSize.mebibytes(100));
        assertThat(factory.maxWaiting).isZero();
        assertThat(factory.longestWait).isEqualTo(Duration.seconds(5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"largestAnswer: 10B", "maxBytesInMemory: 1MiB", "maxWaiting: -1", "longestWait: 2h"})
    void whatCanNotWorkIsRefusedByName(String line) {
        assertThatThrownBy(() -> read(line))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(line.substring(0, line.indexOf(':')));
    }

    private static PullFactory read(String yaml) throws IOException, ConfigurationException {
        return new YamlConfigurationFactory<>(
                        PullFactory.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "test");
    }
}
