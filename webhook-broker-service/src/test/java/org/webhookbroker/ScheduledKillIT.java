package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.BrokerProcess;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Sql;

/** G1 and G2 with packaged brokers: {@code kill -9} of one that promotes loses no scheduled message and promotes none twice. */
@Tag("G1")
@Tag("G2")
@Tag("slow")
class ScheduledKillIT {
    private static final int COUNT = 10_000;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Sql sql = mariaDb.sql();

    private final ConsumerServer consumer = ConsumerServer.start();

    @AfterEach
    void close() {
        consumer.close();
    }

    @Test
    void aKillDuringThePromotionOfABurstLosesAndDoublesNothing() throws SQLException {
        Set<String> sent;
        try (BrokerProcess killed = BrokerProcess.start(mariaDb)) {
            ApiClient api = new ApiClient(killed.url());
            api.register("c", "k", consumer.url("/k"));
            sent = schedule(api);
            sql.execute("UPDATE scheduled_due SET due_at = UTC_TIMESTAMP(6) LIMIT " + COUNT / 2);
            await().until(() -> sql.count("message") > 0);
            killInATransaction(killed);
        }
        try (BrokerProcess survivor = BrokerProcess.start(mariaDb)) {
            ApiClient admin = new ApiClient(survivor.adminUrl());
            await().atMost(Duration.ofMinutes(1)).until(() -> sql.count("delivered_job") == COUNT);
            Set<String> received = new HashSet<>();
            consumer.requests("/k").forEach(request -> received.add(request.header("X-Broker-Message-ID")));
            assertThat(received).isEqualTo(sent);
            assertThat(sql.count("message")).isEqualTo(COUNT);
            assertThat(admin.post("/tasks/accounting"))
                    .contains("scheduled " + COUNT + " = dispatched " + COUNT + " (0 of them")
                    .contains("\nACCOUNTED");
        }
    }

    /** It has promoted some, and waits for a lock in the transaction that promotes others. */
    private void killInATransaction(BrokerProcess killed) throws SQLException {
        try (Connection lock = mariaDb.connect()) {
            lock.setAutoCommit(false);
            lock.createStatement().execute("SELECT version FROM registry_version FOR UPDATE");
            sql.execute("UPDATE scheduled_due SET due_at = UTC_TIMESTAMP(6)");
            sql.awaitLockWait("SELECT version FROM registry_version");
            killed.kill();
            lock.rollback();
        }
        assertThat(sql.count("message")).as("in the middle of it").isBetween(1L, COUNT - 1L);
    }

    private static Set<String> schedule(ApiClient api) {
        Semaphore slots = new Semaphore(64);
        Set<String> ids = new HashSet<>();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            ids.add("s" + i);
            slots.acquireUninterruptibly();
            answers.add(api.schedule("c", "s" + i, "{}", Instant.now().plusSeconds(3600))
                    .whenComplete((answer, lost) -> slots.release()));
        }
        assertThat(answers).allMatch(answer -> answer.join().statusCode() == 201);
        return ids;
    }
}
