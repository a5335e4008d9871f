package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.signature.SignatureVersion;
import org.webhookbroker.signature.SigningSecret;
import org.webhookbroker.signature.WebhookVerifier;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.ReceivedRequest;
import org.webhookbroker.testing.Registrar;

/** G5: what another node sends again is signed by that node, and has the id that it had. */
@Tag("G5")
@Tag("slow")
class SignedTakeoverTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final ConsumerServer consumers = ConsumerServer.start();

    @AfterEach
    void close() {
        consumers.close();
    }

    @ParameterizedTest
    @EnumSource
    void theIdIsTheSameAfterATakeover(SignatureVersion version) throws Exception {
        Database database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        registrar.producer("p");
        Xid channel = registrar.channel("c");
        registrar.push(channel, "k", consumers.url("/k"));
        SigningSecret secret = SigningSecret.make(version);
        mariaDb.sql().execute("UPDATE consumer SET signing_secrets = '" + secret.text() + "'");
        CountDownLatch gate = new CountDownLatch(1);
        consumers.on("/k", Behavior.sequence(Behavior.gated(gate, Behavior.status(200)), Behavior.status(200)));

        Node killed = Node.start(database);
        killed.sendMany("c", "m", 1);
        await().until(() -> consumers.requests("/k").size() == 1);
        killed.crash();
        try (Node survivor = Node.start(database)) {
            await().until(() -> mariaDb.sql().count("delivered_job") == 1);
            await().until(() -> survivor.inFlight() == 0);
        }
        gate.countDown();

        List<ReceivedRequest> both = consumers.requests("/k");
        assertThat(both).hasSize(2);
        assertThat(both.get(1).header("X-Broker-Possible-Duplicate")).isEqualTo("true");
        WebhookVerifier verifier = WebhookVerifier.of(secret.publicKey().orElse(secret.text()));
        assertThat(verifier.verify(headers(both.get(1)), both.get(1).body()))
                .isEqualTo(verifier.verify(headers(both.get(0)), both.get(0).body()));
    }

    private static Map<String, List<String>> headers(ReceivedRequest request) {
        return request.headers().stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    }
}
