package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;

/**
 * In a JVM whose language has another lower case of I than i, and other digits than 0 to 9, what machines read is the same as in each
 * other.
 */
final class LanguageTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final String[] TOKENS = {"X-Broker-Channel-Token: ct", "X-Broker-Consumer-Token: kt"};
    private static final String CONSUMER = "/channel/c/consumer/k";

    private static final Locale BEFORE = Locale.getDefault();

    @BeforeAll
    static void setLanguage() {
        Locale.setDefault(Locale.forLanguageTag("tr-TR-u-nu-arab"));
        assertThat("LIMIT".toLowerCase(Locale.getDefault())).isNotEqualTo("limit");
        assertThat(String.format(Locale.getDefault(), "%d", 12)).isNotEqualTo("12");
    }

    @AfterAll
    static void setBack() {
        Locale.setDefault(BEFORE);
    }

    @Test
    void whatMachinesReadIsTheSameInIt() {
        try (LocalBroker broker = LocalBroker.start(mariaDb)) {
            RawClient client = broker.client();
            assertThat(client.put("/channel/c", "token=ct").status()).isEqualTo(200);
            assertThat(client.put(CONSUMER, "token=kt&type=pull&callbackUrl=HTTP://CONSUMER.TEST/I")
                            .status())
                    .isEqualTo(200);

            assertThat(lease(client, "{\"LIMIT\":1,\"WAITSECONDS\":0,\"leaseseconds\":30}")
                            .body())
                    .isEqualTo("{\"Result\":[]}\n");
            assertThat(lease(client, "{\"limit\":1,\"waitSeconds\":0}").status())
                    .isEqualTo(200);
            assertThat(lease(client, "{\"L\u0130M\u0130T\":1}").status()).isEqualTo(400);
            assertThat(lease(client, "{\"Limit\":101}").body())
                    .isEqualTo("Bad Request: `Limit` is 101, not from 1 to 100");
            assertThat(settle(client, "{\"ACKS\":[\"x\"]}"))
                    .isEqualTo("Bad Request: `Acks[0]` is no receipt of a lease");
            assertThat(settle(client, "{\"NACKS\":[{\"RECEIPT\":\"y\",\"DELAYSECONDS\":1}]}"))
                    .startsWith("Bad Request: `Nacks[0]")
                    .endsWith("is no receipt of a lease");

            assertThat(client.put("/channel/c2", "token=" + "x".repeat(256)).body())
                    .isEqualTo("Bad Request: `token` has 256 characters; use 1 to 255");
            assertThat(client.get("/metrics").body()).contains("queued_job_count 0.0\n");
            assertThat(client.get(CONSUMER).header("Last-Modified"))
                    .matches("[A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} .* GMT");
            assertThat(client.send("post /CHANNELS".replace("post", "GET"), "").header("Location"))
                    .isEqualTo("/channels");
        }
    }

    private static String settle(RawClient client, String body) {
        return client.send("POST " + CONSUMER + "/jobs/settle", body, TOKENS).body();
    }

    private static Answer lease(RawClient client, String body) {
        return client.send("POST " + CONSUMER + "/jobs/lease", body, TOKENS);
    }
}
