package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

/** G1, G2, G4: the connection breaks at a commit, so that the broker cannot know whether it happened. */
@Tag("G1")
@Tag("G2")
@Tag("G4")
@Tag("slow")
class UncertainCommitTest {
    /** Not the plain read: the registry's watch has that in a transaction of its own, which might be cut instead. */
    private static final String INTAKE = "FROM registry_version STRAIGHT_JOIN incarnation";

    private static final String SETTLE = "DELETE FROM job";

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Sql sql = mariaDb.sql();

    private final ConsumerServer consumer = ConsumerServer.start();
    private CommitCutter cutter;
    private LocalBroker broker;
    private ApiClient api;

    @BeforeEach
    void start() throws Exception {
        cutter = CommitCutter.start(mariaDb);
        broker = LocalBroker.on(mariaDb).through(cutter.jdbcUrl()).start();
        api = broker.api();
        api.register("c", "k", consumer.url("/k"));
    }

    @AfterEach
    void stop() {
        broker.close();
        cutter.close();
        consumer.close();
    }

    @Test
    void aMessageThatWasStoredIsDeliveredAndItsRepeatIs409() {
        cutter.cutNext(INTAKE, When.AFTER_THE_COMMIT);
        HttpResponse<String> answer = api.send("c", "m1", "hello").join();

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("m1", "may be stored or not", "409 means that it was stored");
        assertThat(cutter.cuts()).isEqualTo(1);
        awaitDelivered();
        assertThat(api.broadcast("c", "m1", "hello").join()).isEqualTo(409);
        assertThat(consumer.requests("/k")).hasSize(1);
    }

    @Test
    void aMessageThatWasNotStoredIsAcceptedWhenItIsRepeated() {
        cutter.cutNext(INTAKE, When.BEFORE_THE_COMMIT);

        assertThat(api.broadcast("c", "m1", "hello").join()).isEqualTo(503);
        assertThat(cutter.cuts()).isEqualTo(1);
        assertThat(sql.count("message")).isZero();
        assertThat(api.broadcast("c", "m1", "hello").join()).isEqualTo(201);
        awaitDelivered();
        assertThat(consumer.requests("/k")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void anOutcomeIsRecordedOnce(When when) {
        cutter.cutNext(SETTLE, when);

        assertThat(api.broadcast("c", "m1", "hello").join()).isEqualTo(201);
        await().until(() -> cutter.cuts() == 1);
        awaitDelivered();
        assertThat(consumer.requests("/k")).hasSize(1);
    }

    private void awaitDelivered() {
        await().until(() -> api.get("/channel/c/message/m1").contains("DELIVERED"));
        assertThat(sql.count("delivered_job")).isEqualTo(1);
        assertThat(sql.count("job")).isZero();
        assertThat(broker.admin().post("/tasks/accounting"))
                .contains("ACCOUNTED")
                .doesNotContain("NOT ACCOUNTED");
    }
}
