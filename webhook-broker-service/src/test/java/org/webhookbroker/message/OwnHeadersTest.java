package org.webhookbroker.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnHeadersTest {
    private final OwnHeaders own = new OwnHeaders("X-Secret_Of-Consumers");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Broker-Consumer-Token",
                "x_broker_consumer_token",
                "X_BROKER-CHANNEL_ID",
                "x-secret-of-consumers",
                "X_Secret_Of_Consumers",
                "host",
                "Content_Length",
                "HTTP2_Settings",
                "te",
                "proxy_connection"
            })
    void own(String name) {
        assertThat(own.include(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Accept", "Authorization", "Cookie", "X-Broker", "X_Broker_Foo", "ContentLength", "", "-", "_"})
    void ofOthers(String name) {
        assertThat(own.include(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"webhook-id", "Webhook_Timestamp", "WEBHOOK-SIGNATURE", "webhook_signature"})
    void theSignatureWhereThereIsOne(String name) {
        assertThat(own.include(name)).isFalse();
        assertThat(own.withSignature().include(name)).isTrue();
        assertThat(own.withSignature().include("x-secret_of-consumers")).isTrue();
        assertThat(own.include(name)).isFalse();
    }

    @Test
    void withoutThem() {
        assertThat(own.without(Map.of("HOST", "a", "b", "c"))).isEqualTo(Map.of("b", "c"));
        assertThat(own.without(Map.of("b", "c"))).isEqualTo(Map.of("b", "c"));
    }
}
