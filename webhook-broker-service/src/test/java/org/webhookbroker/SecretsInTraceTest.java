package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.TestSecretKeys;

/**
 * A broker whose log has the level TRACE, from its start to its end: no secret is in its log, in what its admin port says, or in an answer but
 * those that show it by contract.
 */
@Tag("slow")
class SecretsInTraceTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final String SIGNING = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    /** In all of them is a text that nothing else has; keys are told by their first characters. */
    private static final String[] SECRETS = {
        "s3cret",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        TestSecretKeys.FIRST.substring(0, 12),
        "dXNlcjpzM2NyZXQ",
        "c3VwZXJnYXRld2F5"
    };

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final PrintStream console = System.out;
    private final ConsumerServer consumers = ConsumerServer.start();

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void close() {
        System.setOut(console);
        consumers.close();
    }

    private static LocalBroker start() {
        return LocalBroker.start(
                mariaDb,
                "logging.level=TRACE",
                "retry.maxRetries=0",
                "secrets.key=" + TestSecretKeys.FIRST,
                "gatewayAuth.hmacSharedSecret=c3VwZXJnYXRld2F5c3VwZXJnYXRld2F5c3VwZXJnYXQ=",
                "outbound.httpProxy=http://user:s3cret@127.0.0.1:1");
    }

    @Test
    void noSecretIsLoggedAtAnyLevel() {
        StringBuilder shown = new StringBuilder();
        try (LocalBroker broker = start()) {
            use(broker, shown);
            // Somebody wants to know more of a library.
            for (String logger :
                    new String[] {"ROOT", "org.eclipse.jetty", "org.apache.hc", "org.mariadb", "org.jdbi"}) {
                shown.append(broker.admin().post("/tasks/log-level?logger=" + logger + "&level=TRACE"));
            }
            use(broker, shown);
            for (String path : new String[] {"/threads", "/healthcheck", "/metrics", "/prometheus"}) {
                shown.append(new RawClient(broker.adminPort()).get(path).body());
            }
            for (String task : new String[] {"reencrypt", "accounting", "incarnations", "why?channel=c&message=m0"}) {
                shown.append(broker.admin().post("/tasks/" + task));
            }
            LoggerFactory.getLogger("org.webhookbroker.Test").trace("ours at TRACE");
            LoggerFactory.getLogger("org.other.Test").debug("theirs at DEBUG");
            LoggerFactory.getLogger("org.other.Test").info("theirs at INFO");
        }
        String logged = log.toString(StandardCharsets.UTF_8);
        assertThat(logged)
                .contains("Secrets of the registry are encrypted with key 72cd6e84", "ours at TRACE", "theirs at INFO")
                .doesNotContain("theirs at DEBUG")
                .doesNotContain(SECRETS);
        assertThat(shown).contains("heartbeat", "ACCOUNTED", "Done: ").doesNotContain(SECRETS);
    }

    private void use(LocalBroker broker, StringBuilder shown) {
        RawClient client = broker.client();
        String k = "/channel/c/consumer/k";
        put(client, "/producer/p", "token=s3cret-of-producer");
        put(client, "/channel/c", "token=s3cret-of-channel");
        put(
                client,
                k,
                "token=s3cret-of-consumer&callbackUrl=" + consumers.url("/hook").replace("://", "://user:s3cret@"));
        put(
                client,
                "/channel/c/consumer/away",
                "token=s3cret-of-consumer&callbackUrl=http://user:s3cret@nowhere.test/hook?s3cret");
        put(
                client,
                "/channel/c/consumer/refused",
                "token=s3cret-of-consumer&callbackUrl=http://user:s3cret@127.0.0.1:1/hook");
        client.form("PATCH " + k, "signing=v1&signingSecret=" + SIGNING, unmodified(client, k));
        client.form("POST " + k + "/rotate-secret", "overlap=10", unmodified(client, k));
        int before = consumers.requests("/hook").size();
        String[] headers = {
            "X-Broker-Channel-Token: s3cret-of-channel",
            "X-Broker-Producer-ID: p",
            "X-Broker-Producer-Token: s3cret-of-producer",
            "X-Broker-Metadata-Headers: Authorization,Cookie",
            "Authorization: Bearer s3cret",
            "Cookie: s3cret",
            "X-Broker-Message-ID: m" + before,
            "Content-Type: text/plain"
        };
        assertThat(client.send("POST /channel/c/broadcast", "s3cret", headers).status())
                .isEqualTo(201);
        headers[2] = "X-Broker-Producer-Token: s3cret-but-wrong";
        shown.append(client.send("POST /channel/c/broadcast", "s3cret", headers).body());
        shown.append(client.put("/producer/p", "token=s3cret%0a").body());
        shown.append(client.put(k, "token=s3cret&callbackUrl=s3cret:%25zz").body());
        shown.append(client.send("POST " + k + "/queued-jobs", "s3cret", "X-Broker-Consumer-Token: s3cret")
                .body());
        shown.append(client.send("s3cret", "s3cret").body());
        await().until(() -> consumers.requests("/hook").size(), count -> count > before);
    }

    private static String unmodified(RawClient client, String path) {
        return "If-Unmodified-Since: " + client.get(path).header("Last-Modified");
    }

    private static void put(RawClient client, String path, String form) {
        Answer before = client.get(path);
        String[] condition = before.status() == 200 ? new String[] {unmodified(client, path)} : new String[0];
        assertThat(client.put(path, form, condition).status()).isEqualTo(200);
    }
}
