package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.ReceivedRequest;
import org.webhookbroker.testing.SettableClock;
import org.webhookbroker.testing.Sql;

/**
 * Two nodes on one database while the wall clock of one of them is wrong by more than a day, and then right again. It takes
 * 10 s a jump, in which 600 jobs wait for their second attempt: HTTP dates know whole seconds only.
 */
@Tag("G1")
@Tag("G2")
@Tag("G4")
@Tag("slow")
class ClockJumpTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Sql sql = mariaDb.sql();

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);
    private static final String[] SETTINGS = {"retry.delays[0]=100ms", "intake.minScheduleDelay=0s"};

    private final ConsumerServer consumers = ConsumerServer.start();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final SettableClock clock = new SettableClock();
    private int sent;

    @AfterEach
    void close() {
        consumers.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT30H", "PT-30H"})
    void nothingIsLostNorRepeatedNorLateNorEarly(String jump) throws Exception {
        consumers.on("/once", Behavior.status(200));
        consumers.on(
                "/twice",
                (request, connection) ->
                        firstTime(request, Behavior.status(500)).answer(request, connection));
        consumers.on(
                "/dates", (request, connection) -> firstTime(request, soon()).answer(request, connection));
        try (LocalBroker right = LocalBroker.start(mariaDb, SETTINGS);
                LocalBroker wrong = LocalBroker.on(mariaDb).at(clock).start(SETTINGS)) {
            right.api().register("c", "once", consumers.url("/once"));
            right.api().subscribe("c", "twice", consumers.url("/twice"));
            right.api().subscribe("c", "dates", consumers.url("/dates"));
            schedule(right.api(), "tomorrow", Duration.ofHours(24));

            send(right.api(), wrong.api());
            clock.jump(Duration.parse(jump));
            schedule(right.api(), "soon", Duration.ofSeconds(1));
            send(right.api(), wrong.api());
            await().until(() -> ids("/once").contains("soon"));
            mustBeHealthy(right, wrong);
            clock.jump(Duration.ZERO);
            send(right.api(), wrong.api());

            await().until(() -> sql.count("job") == 0);
            assertThat(sql.count("delivered_job")).isEqualTo(3L * (sent + 1));
            assertThat(sql.count("dead_job")).isZero();
            assertThat(sql.count("incarnation", "ended")).isZero();
            assertThat(sql.count("incarnation")).isEqualTo(2);
            assertThat(ids("/once")).hasSize(sent + 1).doesNotHaveDuplicates().doesNotContain("tomorrow");
            assertThat(ids("/twice")).hasSize(2 * (sent + 1));
            assertThat(ids("/dates")).hasSize(2 * (sent + 1));
            mustBeHealthy(right, wrong);
            assertThat(wrong.admin().post("/tasks/accounting")).contains("\nACCOUNTED");
        }
    }

    private Behavior firstTime(ReceivedRequest request, Behavior refusal) {
        String id = request.path() + " " + request.header("X-Broker-Message-ID");
        return refused.add(id) ? refusal : Behavior.status(200);
    }

    /** By the consumer's clock, which is right. */
    private static Behavior soon() {
        Instant now = Instant.now();
        return Behavior.reply(
                503, "", "Date: " + HTTP_DATE.format(now), "Retry-After: " + HTTP_DATE.format(now.plusSeconds(1)));
    }

    private void send(ApiClient... nodes) {
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(nodes[i % nodes.length].broadcast("c", "m" + sent, "{}"));
            sent++;
        }
        assertThat(new HashSet<>(answers.stream().map(CompletableFuture::join).toList()))
                .containsExactly(201);
    }

    private static void schedule(ApiClient node, String id, Duration in) {
        // On a slow machine the time may be past when the request arrives.
        await().until(
                        () -> node.schedule("c", id, "{}", Instant.now().plus(in))
                                .join()
                                .statusCode(),
                        status -> status == 201);
    }

    private List<String> ids(String path) {
        return consumers.requests(path).stream()
                .map(request -> String.valueOf(request.header("X-Broker-Message-ID")))
                .toList();
    }

    private static void mustBeHealthy(LocalBroker... nodes) {
        for (LocalBroker node : nodes) {
            assertThat(node.admin().get("/healthcheck")).doesNotContain("\"healthy\":false");
        }
    }
}
