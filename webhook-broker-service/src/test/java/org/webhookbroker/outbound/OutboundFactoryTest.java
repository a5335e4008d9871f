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

class OutboundFactoryTest {
    @Test
    void defaults() throws Exception {
        OutboundFactory factory = read("{}");

        assertThat(factory.getUserAgent()).isEqualTo("Webhook Message Broker");
        assertThat(factory.getIoThreads()).isEqualTo(2);
        assertThat(factory.getMaxInFlight()).isEqualTo(20_000);
        assertThat(factory.getMaxConnectionsPerRoute()).isEqualTo(256);
        assertThat(factory.getConnectTimeout()).isEqualTo(Duration.seconds(10));
        assertThat(factory.getKeepAlive()).isEqualTo(Duration.seconds(60));
        assertThat(factory.getConnectionTimeToLive()).isEqualTo(Duration.minutes(5));
        assertThat(factory.getMaxResponseBytes()).isEqualTo(DataSize.kibibytes(4));
        assertThat(factory.getDrainTimeout()).isEqualTo(Duration.seconds(1));
        assertThat(factory.getShutdownGrace()).isEqualTo(Duration.seconds(1));
        assertThat(factory.getDeniedNetworks()).isEqualTo(AddressGuard.DENIED_BY_DEFAULT);
        assertThat(factory.getAllowedNetworks()).isEmpty();
        assertThat(factory.getHttpProxy()).isNull();
        assertThat(factory.getHttpsProxy()).isNull();
        assertThat(factory.getNoProxy()).isEmpty();
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
                shutdownGrace: 0s
                deniedNetworks: [10.0.0.0/8, "::1"]
                allowedNetworks: [10.1.0.0/16]
                httpProxy: http://user:password@proxy:3128
                httpsProxy: ""
                noProxy: localhost,.internal
                """);

        assertThat(factory.getUserAgent()).isEqualTo("mine");
        assertThat(factory.getIoThreads()).isEqualTo(4);
        assertThat(factory.getMaxInFlight()).isEqualTo(10);
        assertThat(factory.getMaxConnectionsPerRoute()).isEqualTo(5);
        assertThat(factory.getConnectTimeout()).isEqualTo(Duration.seconds(1));
        assertThat(factory.getKeepAlive()).isEqualTo(Duration.seconds(2));
        assertThat(factory.getConnectionTimeToLive()).isEqualTo(Duration.seconds(3));
        assertThat(factory.getMaxResponseBytes()).isEqualTo(DataSize.kibibytes(1));
        assertThat(factory.getDrainTimeout()).isEqualTo(Duration.seconds(4));
        assertThat(factory.getShutdownGrace()).isEqualTo(Duration.seconds(0));
        assertThat(factory.getDeniedNetworks())
                .isEqualTo(List.of(Network.parse("10.0.0.0/8"), Network.parse("::1/128")));
        assertThat(factory.getAllowedNetworks()).isEqualTo(List.of(Network.parse("10.1.0.0/16")));
        assertThat(factory.getHttpProxy()).isEqualTo(HttpProxy.parse("user:password@proxy:3128"));
        assertThat(factory.getHttpsProxy()).isNull();
        assertThat(factory.getNoProxy()).isEqualTo("localhost,.internal");
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
