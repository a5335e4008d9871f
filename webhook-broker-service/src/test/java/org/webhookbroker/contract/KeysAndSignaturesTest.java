package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.signature.GatewaySignature;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.TestKeys;

/** Where requests are signed and need a key, they need both: the signature first, and paths without one a key nevertheless. */
final class KeysAndSignaturesTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = MariaDbExtension.oncePerClass();

    private static LocalBroker broker;
    private static String key;

    @BeforeAll
    static void start() {
        key = TestKeys.header(new TestKeys(mariaDb).add("admin"));
        broker = LocalBroker.start(
                mariaDb, "auth.mode=keys", "gatewayAuth.mode=hmac", "gatewayAuth.hmacSharedSecret=c2VjcmV0");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static RawClient signing(String body) {
        return broker.client()
                .adding("X-Broker-Signature: "
                        + GatewaySignature.of("c2VjcmV0").header(Instant.now(), body.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void bothAreNeeded() {
        String form = "token=t&callbackUrl=https://u:p@hooks.test/secret";
        assertThat(signing("token=t").adding(key).put("/channel/c", "token=t").status())
                .isEqualTo(200);
        assertThat(signing(form).adding(key).put("/channel/c/consumer/k", form).status())
                .isEqualTo(200);
        assertThat(broker.client().get("/channels", key).body()).isEqualTo("missing X-Broker-Signature header");
        assertThat(broker.client().get("/channels").body()).isEqualTo("missing X-Broker-Signature header");
        Answer signedAlone = signing("").get("/channels");
        assertThat(signedAlone.status()).isEqualTo(401);
        assertThat(signedAlone.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(signing("").adding(key).get("/channels").status()).isEqualTo(200);
    }

    @Test
    void whatNeedsNoSignatureNeedsAKey() {
        assertThat(broker.client().get("/metrics").status()).isEqualTo(401);
        assertThat(broker.client().get("/metrics", key).status()).isEqualTo(200);
        assertThat(broker.client().get("/_status").body()).contains("\"Consumers\":[]");
        assertThat(broker.client().get("/_status", key).body()).doesNotContain("secret");
        assertThat(signing("").adding(key).get("/_status").body()).doesNotContain("\"p\"");
    }
}
