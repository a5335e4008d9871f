package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.CommitCutter;
import org.webhookbroker.testing.CommitCutter.When;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Sql;

/** Scheduled messages through whole brokers, from the request to the consumer. */
@Tag("slow")
class ScheduledDeliveryTest {
    private static final String NO_DELAY = "intake.minScheduleDelay=0s";

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Sql sql = mariaDb.sql();

    private final ConsumerServer consumer = ConsumerServer.start();

    @AfterEach
    void close() {
        consumer.close();
    }

    @Test
    void aMessageIsDeliveredWhenItsTimeHasCome() throws Exception {
        try (LocalBroker broker = LocalBroker.start(mariaDb, NO_DELAY)) {
            ApiClient api = broker.api();
            api.register("c", "k", consumer.url("/k"));

            // On a slow machine its time may be past when the request arrives.
            await().until(() -> api.schedule("c", "s1", "hello", Instant.now().plusMillis(500))
                            .join()
                            .statusCode()
                    == 201);

            await().until(() -> consumer.requests("/k").size() == 1);
            assertThat(api.get("/channel/c/messages-status"))
                    .as("dispatched before any delivery starts")
                    .contains("SCHEDULED_DISPATCHED")
                    .doesNotContain("SCHEDULED_SCHEDULED");
            assertThat(consumer.requests("/k").get(0).header("X-Broker-Message-ID"))
                    .isEqualTo("s1");
            // It is counted after the commit.
            await().until(
                            () -> broker.admin().get("/prometheus"),
                            text -> text.contains("webhook_broker_scheduled_promoted_total 1.0"));
            assertThat(broker.admin().get("/healthcheck")).contains("loop-promotion", "loop-schedule-1");
        }
    }

    @Test
    @Tag("G2")
    @Tag("G4")
    void twoNodesDeliverTwoThousandOnce() throws Exception {
        try (LocalBroker one = LocalBroker.start(mariaDb);
                LocalBroker two = LocalBroker.start(mariaDb)) {
            ApiClient api = one.api();
            api.register("c", "k", consumer.url("/k"));
            List<String> sent = scheduleMany(api, 2000);
            assertThat(api.get("/channel/c/messages-status")).contains("\"SCHEDULED_SCHEDULED\":{\"Count\":2000");

            sql.execute("UPDATE scheduled_due SET due_at = UTC_TIMESTAMP(6)");

            await().until(() -> sql.count("delivered_job") == 2000);
            assertThat(consumer.requests("/k").stream()
                            .map(request -> String.valueOf(request.header("X-Broker-Message-ID"))))
                    .containsExactlyInAnyOrderElementsOf(sent);
            assertThat(two.admin().post("/tasks/accounting"))
                    .contains(
                            "c: scheduled 2000 = dispatched 2000 (0 of them without a message) + cancelled 0 + waiting 0")
                    .contains("\nACCOUNTED");
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    @Tag("G1")
    void anUncertainAcceptanceIs503AndItsRepeatSaysWhetherItIsStored(When when) throws Exception {
        try (CommitCutter cutter = CommitCutter.start(mariaDb);
                LocalBroker broker =
                        LocalBroker.on(mariaDb).through(cutter.jdbcUrl()).start()) {
            ApiClient api = broker.api();
            api.register("c", "k", consumer.url("/k"));
            Instant due = Instant.now().plusSeconds(3600);
            cutter.cutNext("INSERT INTO scheduled_due", when);

            HttpResponse<String> answer = api.schedule("c", "s1", "hello", due).join();

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("s1", "may be stored or not");
            assertThat(cutter.cuts()).isEqualTo(1);
            assertThat(api.schedule("c", "s1", "hello", due).join().statusCode())
                    .isEqualTo(when == When.AFTER_THE_COMMIT ? 409 : 201);
            assertThat(sql.longOf("SELECT SUM(accepted) FROM scheduled_tally")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    @Tag("G1")
    @Tag("G2")
    void anUncertainPromotionDeliversOnce(When when) throws Exception {
        try (CommitCutter cutter = CommitCutter.start(mariaDb);
                LocalBroker broker =
                        LocalBroker.on(mariaDb).through(cutter.jdbcUrl()).start()) {
            ApiClient api = broker.api();
            api.register("c", "k", consumer.url("/k"));
            api.schedule("c", "s1", "hello", Instant.now().plusSeconds(3600)).join();
            cutter.cutNext("DELETE due FROM scheduled_due", when);
            sql.execute("UPDATE scheduled_due SET due_at = UTC_TIMESTAMP(6)");

            await().until(() -> sql.count("delivered_job") == 1);

            assertThat(cutter.cuts()).isEqualTo(1);
            assertThat(consumer.requests("/k")).hasSize(1);
            assertThat(sql.count("job")).isZero();
            assertThat(broker.admin().post("/tasks/accounting")).contains("\nACCOUNTED");
        }
    }

    private static List<String> scheduleMany(ApiClient api, int count) {
        Semaphore slots = new Semaphore(64);
        List<String> ids = new ArrayList<>();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add("s" + i);
            slots.acquireUninterruptibly();
            answers.add(api.schedule("c", "s" + i, "{}", Instant.now().plusSeconds(3600))
                    .whenComplete((answer, lost) -> slots.release()));
        }
        HashSet<Integer> statuses = new HashSet<>();
        answers.forEach(answer -> statuses.add(answer.join().statusCode()));
        assertThat(statuses).containsExactly(201);
        return ids;
    }
}
