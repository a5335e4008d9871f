package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.TestKeys;

/** Where keys are on, a token of the contract is guessed no faster than a key. */
final class WrongTokensTest {
    @RegisterExtension
    static final KeyedBroker keyed = new KeyedBroker();

    private static final String CHANNEL = "X-Broker-Channel-Token: " + KeyedBroker.token("channel", "mine");
    private static final String[] RIGHT = {
        CHANNEL, "X-Broker-Producer-ID: mine", "X-Broker-Producer-Token: " + KeyedBroker.token("producer", "mine")
    };
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded";
    private static final AtomicInteger NEXT = new AtomicInteger(1);

    /** Whom nobody has met yet. */
    private static RawClient stranger() {
        return keyed.stranger().at("127.0.7." + NEXT.incrementAndGet());
    }

    private static double counted() {
        String metrics = keyed.as("read").get("/metrics").body();
        String name = "webhook_broker_auth_failures_total ";
        return Double.parseDouble(metrics.lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .orElseThrow()
                .substring(name.length()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            403 ; POST /channel/mine/broadcast                      ; X-Broker-Channel-Token: guess
            403 ; POST /channel/absent/broadcast                    ; X-Broker-Channel-Token: guess
            403 ; POST /channel/mine/broadcast                      ; MINE|X-Broker-Producer-ID: mine|X-Broker-Producer-Token: guess
            403 ; POST /channel/mine/broadcast                      ; MINE|X-Broker-Producer-ID: absent|X-Broker-Producer-Token: guess
            403 ; DELETE /channel/mine/scheduled-message/mine-B     ; MINE|X-Broker-Producer-ID: mine|X-Broker-Producer-Token: guess
            403 ; POST /channel/mine/consumer/pull/jobs/lease       ; MINE|X-Broker-Consumer-Token: guess
            403 ; GET /channel/mine/consumer/pull/queued-jobs       ; X-Broker-Channel-Token: guess
            403 ; DELETE /channel/absent/consumer/pull/dlq          ; X-Broker-Channel-Token: guess
            400 ; POST /channel/mine/consumer/push/dlq              ; FORM
            400 ; POST /channel/absent/consumer/push/dlq            ; FORM
            """)
    void tooManyAreSlowedDownAndARightOneIsNot(int refused, String line, String headers) {
        RawClient client = stranger();
        String[] lines = headers.replace("MINE", CHANNEL).replace("FORM", FORM).split("\\|");
        double before = counted();
        for (int i = 0; i < 20; i++) {
            assertThat(client.send(line, "requeue=guess", lines).status()).isEqualTo(refused);
        }
        Answer slowed =
                await().until(() -> client.send(line, "requeue=guess", lines), answer -> answer.status() == 429);
        assertThat(Integer.parseInt(slowed.header("Retry-After"))).isBetween(1, 60);
        for (int i = 0; i < 10; i++) {
            // Each makes the time longer, so that it is not over below, however slow the machine is.
            client.send(line, "requeue=guess", lines);
        }
        assertThat(slowed.body()).contains("too many wrong keys or tokens");
        assertThat(counted() - before).isGreaterThan(20);

        assertThat(client.send("POST /channel/mine/broadcast", "hi", RIGHT).status())
                .as("others have the same address, behind a proxy")
                .isEqualTo(201);
        assertThat(client.adding(TestKeys.header(keyed.key("read")))
                        .get("/channels")
                        .status())
                .isEqualTo(200);
        assertThat(stranger().send(line, "requeue=guess", lines).status()).isEqualTo(refused);
        assertThat(client.get("/channels", "Authorization: Bearer whb_wrong").status())
                .as("whoever guesses tokens does not begin anew with keys")
                .isEqualTo(429);
    }

    /** Nor is the one of somebody with a key: the key says who guesses. */
    @Test
    void aTokenThatIsNotSentIsNoGuess() {
        RawClient client = stranger();
        RawClient keyHolder = stranger().adding(TestKeys.header(keyed.key("broadcast")));
        double before = counted();
        for (int i = 0; i < 30; i++) {
            assertThat(client.send("POST /channel/mine/broadcast", "hi").status())
                    .isEqualTo(403);
            assertThat(client.send("POST /channel/mine/broadcast", "hi", "X-Broker-Channel-Token: ")
                            .status())
                    .isEqualTo(403);
            assertThat(client.send("POST /channel/mine/broadcast", "hi", CHANNEL)
                            .status())
                    .as("names no producer")
                    .isEqualTo(401);
            assertThat(keyHolder
                            .send("POST /channel/mine/broadcast", "hi", "X-Broker-Channel-Token: wrong")
                            .status())
                    .isEqualTo(403);
        }
        assertThat(counted()).isEqualTo(before);
    }
}
