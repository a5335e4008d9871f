package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.util.Duration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.background.ByteBudget;
import org.webhookbroker.message.IntakeFactory.Limits;

/** Contract 11.2. */
public final class GatewayAuthFactoryTest {
    private static final Limits LIMITS = new Limits(1, 1, java.time.Duration.ZERO, java.time.Duration.ZERO, 1);

    @Test
    void defaults() throws Exception {
        GatewayAuthFactory factory = read("{}");

        assertThat(factory.mode).isEqualTo("none");
        assertThat(factory.hmacTimestampTolerance).isEqualTo(Duration.seconds(300));
        assertThat(factory.authExemptPaths).isEqualTo(List.of("/_status", "/metrics", "/debug/pprof/"));
        assertThat(factory.build(ByteBudget.of(1), LIMITS, InstantSource.system()))
                .isEmpty();
    }

    @Test
    void aSecretIsNotLookedAtWithoutTheMode() throws Exception {
        assertThat(read("hmacSharedSecret: '?'").build(ByteBudget.of(1), LIMITS, InstantSource.system()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mode: hmac | gateway-auth: hmac-shared-secret is required when mode=hmac
            {mode: hmac, hmacSharedSecret: tops3cr-t} | gateway-auth: hmac-shared-secret is not valid base64: 9 characters
            {mode: hmac, hmacSharedSecret: QQ==, hmacPreviousSecret: tops3cr-t} | gateway-auth: hmac-previous-secret is not valid base64: 9
            mode: Hmac | gateway-auth: unsupported mode "Hmac" (must be "none" or "hmac")
            mode: '${a} {b} #{c}' | gateway-auth: unsupported mode "${a} {b} #{c}" (must be "none" or "hmac")
            mode: '' | gateway-auth: unsupported mode "" (must be "none" or "hmac")
            hmacTimestampTolerance: 0s | hmacTimestampTolerance must be greater than or equal to 1 SECONDS
            authExemptPaths: [null] | must not be null
            """)
    void whatIsWrongStopsTheStartWithoutTellingASecret(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("tops3cr");
    }

    public static GatewayAuthFactory read(String yaml) throws IOException, ConfigurationException {
        return new YamlConfigurationFactory<>(
                        GatewayAuthFactory.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "config.yml");
    }
}
