package org.webhookbroker.outbound;

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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.commons.util.ExceptionUtils;
import org.webhookbroker.outbound.address.AddressGuard;
import org.webhookbroker.outbound.address.Network;

class OutboundFactoryTest {
    @Test
    void defaults() throws Exception {
        OutboundFactory factory = read("{}");

        assertThat(factory.userAgent).isEqualTo("Webhook Message Broker");
        assertThat(factory.ioThreads).isEqualTo(6);
        assertThat(factory.maxInFlight).isEqualTo(20_000);
        assertThat(factory.maxConnectionsPerRoute).isEqualTo(256);
        assertThat(factory.connectTimeout).isEqualTo(Duration.seconds(10));
        assertThat(factory.keepAlive).isEqualTo(Duration.seconds(60));
        assertThat(factory.connectionTimeToLive).isEqualTo(Duration.minutes(5));
        assertThat(factory.maxResponseBytes).isEqualTo(DataSize.kibibytes(4));
        assertThat(factory.drainTimeout).isEqualTo(Duration.seconds(1));
        assertThat(factory.deniedNetworks).isEqualTo(AddressGuard.DENIED_BY_DEFAULT);
        assertThat(factory.allowedNetworks).isEmpty();
        assertThat(factory.httpProxy).isNull();
        assertThat(factory.httpsProxy).isNull();
        assertThat(factory.noProxy).isEmpty();
    }

    @Test
    void everySetting() throws Exception {
        OutboundFactory factory = read("""
                userAgent: mine
                ioThreads: 4
                maxInFlight: 10
                maxConnectionsPerRoute: 5
                connectTimeout: 1s
                keepAlive: 2s
                connectionTimeToLive: 3s
                maxResponseBytes: 1KiB
                drainTimeout: 4s
                deniedNetworks: [10.0.0.0/8, "::1"]
                allowedNetworks: [10.1.0.0/16]
                httpProxy: http://user:password@proxy:3128
                httpsProxy: ""
                noProxy: localhost,.internal
                """);

        assertThat(factory.userAgent).isEqualTo("mine");
        assertThat(factory.ioThreads).isEqualTo(4);
        assertThat(factory.maxInFlight).isEqualTo(10);
        assertThat(factory.maxConnectionsPerRoute).isEqualTo(5);
        assertThat(factory.connectTimeout).isEqualTo(Duration.seconds(1));
        assertThat(factory.keepAlive).isEqualTo(Duration.seconds(2));
        assertThat(factory.connectionTimeToLive).isEqualTo(Duration.seconds(3));
        assertThat(factory.maxResponseBytes).isEqualTo(DataSize.kibibytes(1));
        assertThat(factory.drainTimeout).isEqualTo(Duration.seconds(4));
        assertThat(factory.deniedNetworks).isEqualTo(List.of(Network.parse("10.0.0.0/8"), Network.parse("::1/128")));
        assertThat(factory.allowedNetworks).isEqualTo(List.of(Network.parse("10.1.0.0/16")));
        assertThat(factory.httpProxy).isEqualTo(HttpProxy.parse("user:password@proxy:3128"));
        assertThat(factory.httpsProxy).isNull();
        assertThat(factory.noProxy).isEqualTo("localhost,.internal");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "userAgent: ''",
                "ioThreads: 0",
                "maxInFlight: 0",
                "maxConnectionsPerRoute: 0",
                "connectTimeout: 0s",
                "keepAlive: 0s",
                "maxResponseBytes: 0B",
                "drainTimeout: 0s",
                "deniedNetworks: [example.com]",
                "deniedNetworks: [10.0.0.0/99]",
                "httpsProxy: socks5://proxy"
            })
    void wrong(String yaml) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void wrongProxyIsNamedWithoutItsPassword() {
        assertThatThrownBy(() -> read("httpsProxy: https://user:secret@proxy:3128"))
                .hasMessageContaining("httpsProxy")
                .hasMessageContaining("https://***@proxy:3128. Write http://")
                .satisfies(failure ->
                        assertThat(ExceptionUtils.readStackTrace(failure)).doesNotContain("secret"));
    }

    private static OutboundFactory read(String yaml) throws IOException, ConfigurationException {
        return new YamlConfigurationFactory<>(
                        OutboundFactory.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "config.yml");
    }
}
