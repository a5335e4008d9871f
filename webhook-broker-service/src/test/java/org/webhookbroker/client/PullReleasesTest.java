package org.webhookbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.webhookbroker.api.SettleRequest;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.ReceivedRequest;

/** Pull consumers, with a broker of the release before, which knows no releases, and with one that is slow. */
@Tag("slow")
@Timeout(60)
@SuppressWarnings("try") // A loop does its work by itself.
final class PullReleasesTest {
    private static final String JOBS = "/channel/c/consumer/k/jobs/";
    private static final String EMPTY = "{\"Result\":[]}";

    private final ConsumerServer server = ConsumerServer.start();
    private final FakeTiming time = new FakeTiming();
    private final BrokerClient client = BrokerClient.of(URI.create(server.url("")))
            .attemptTimeout(Duration.ofSeconds(2))
            .timing(time.timing())
            .build();

    private PullBuilder pull() {
        return client.pull(new Credential("c", "channel-token"), new Credential("k", "consumer-token"))
                .longestWait(Duration.ofSeconds(1))
                .lease(Duration.ofSeconds(30))
                .stopTimeout(Duration.ofSeconds(5));
    }

    private static String job(String receipt) {
        return """
                {"ID":"j","Receipt":"%s","Attempts":0,"PossibleDuplicate":false,"Priority":1,
                "Message":{"MessageID":"m","Payload":"x","Headers":{},"ContentType":"text/plain"}}
                """.formatted(receipt);
    }

    @Test
    void outcomesAreNotRefusedWithReleases() {
        server.on(
                JOBS + "lease",
                Behavior.sequence(
                        Behavior.reply(200, "{\"Result\":[" + job("r1") + "," + job("r2") + "]}"), Behavior.hang()));
        server.on(
                JOBS + "settle",
                (request, connection) -> Behavior.reply(request.text().contains("Releases") ? 400 : 200, EMPTY)
                        .answer(request, connection));
        AtomicInteger tasks = new AtomicInteger();
        Executor takesOne = task -> {
            if (tasks.incrementAndGet() > 1) {
                throw new IllegalStateException("full");
            }
            task.run();
        };
        try (PullLoop loop = pull().start(takesOne, job -> {})) {
            await().until(() -> server.requests(JOBS + "settle").stream()
                            .map(ReceivedRequest::text)
                            .distinct()
                            .count()
                    == 2);
            server.close();
        }
        assertThat(server.requests(JOBS + "settle").stream()
                        .map(ReceivedRequest::text)
                        .distinct())
                .containsExactlyInAnyOrder("{\"Acks\":[\"r1\"]}", "{\"Releases\":[\"r2\"]}");
        client.close();
    }

    @Test
    void aRequestWithoutReleasesDoesNotNameThem() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        assertThat(mapper.writeValueAsString(new SettleRequest(List.of("r"), null, null)))
                .contains("Acks")
                .doesNotContain("Releases");
        assertThat(mapper.writeValueAsString(new SettleRequest(null, null, List.of("r"))))
                .contains("\"Releases\":[\"r\"]");
    }

    /** The broker may have leased it when the request began, so a third of the lease may have passed when the answer is there. */
    @Test
    void aLeaseThatCameLateIsExtendedAtOnce() {
        CountDownLatch gate = new CountDownLatch(1);
        Behavior late = (request, connection) -> {
            time.advance(Duration.ofSeconds(11));
            Behavior.reply(200, "{\"Result\":[" + job("r1") + "]}").answer(request, connection);
        };
        server.on(JOBS + "lease", Behavior.sequence(late, Behavior.hang()));
        server.on(JOBS + "extend", Behavior.reply(200, EMPTY));
        server.on(JOBS + "settle", Behavior.reply(200, EMPTY));
        try (PullLoop loop = pull().start(task -> new Thread(task).start(), job -> gate.await())) {
            await().until(() -> !server.requests(JOBS + "extend").isEmpty());
            gate.countDown();
            await().until(() -> !server.requests(JOBS + "settle").isEmpty());
            server.close();
        }
        client.close();
    }
}
