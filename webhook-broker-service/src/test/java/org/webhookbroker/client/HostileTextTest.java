package org.webhookbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;

/** Producers, where the answer repeats secrets in odd places, or where nobody answers the question for HTTP/2. */
@Tag("slow")
@Timeout(60)
final class HostileTextTest {
    private static final String PATH = "/channel/c/broadcast";
    private static final String SECRET = "a-secret  token-of-the-channel";

    private final ConsumerServer server = ConsumerServer.start();
    private final FakeTiming time = new FakeTiming();
    private final BrokerClient client = BrokerClient.of(URI.create(server.url("")))
            .timing(time.timing())
            .deadline(Duration.ofSeconds(1))
            .build();
    private final Producer producer =
            client.producer(new Credential("c", SECRET), new Credential("p", "producer-token"));

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    /** Across the end of what is shown, across the end of what is read, and with two blanks, of which one is shown. */
    @Test
    void noSecretIsShownInPart() {
        for (String before : List.of("", "x".repeat(980), "ü".repeat(1990), " ".repeat(64 * 1024 - 15))) {
            server.on(PATH, Behavior.reply(400, before + SECRET));
            BrokerException failure = catchThrowableOfType(
                    BrokerException.class, () -> producer.broadcast(Message.of("text/plain", new byte[1])));
            assertThat(failure.text()).doesNotContain("a-secr");
            assertThat(failure.getMessage()).doesNotContain("a-secr");
        }
    }

    @Test
    void aCallDoesNotShowItsHeaders() {
        Call call = new Call("cancel of m", "DELETE", "/", Map.of(BrokerHeaders.CHANNEL_TOKEN, SECRET), new byte[0]);
        assertThat(call).hasToString("cancel of m");
    }

    @Test
    void theQuestionForHttp2EndsWithTheDeadline() throws Exception {
        server.on(PATH, (request, connection) -> {
            if (request.method().equals("OPTIONS")) {
                connection.waitForEnd();
            }
            Behavior.status(201).answer(request, connection);
        });
        long begin = System.nanoTime();
        assertThat(producer.broadcastAll(List.of(Message.of("text/plain", new byte[1]))))
                .allMatch(BatchResult::isStored);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void itIsAskedAgainFiveSecondsAfterItsEnd() throws Exception {
        server.on(PATH, (request, connection) -> {
            if (request.method().equals("OPTIONS")) {
                time.advance(Duration.ofSeconds(6));
            }
            Behavior.status(201).answer(request, connection);
        });
        producer.broadcastAll(List.of(Message.of("text/plain", new byte[1])));
        assertThat(server.requests(PATH).stream()
                        .filter(request -> request.method().equals("OPTIONS")))
                .hasSize(1);
    }
}
