package org.webhookbroker.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dropwizard.util.DataSize;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.message.BroadcastResult;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.ReceivedRequest;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.Sql;

/** From broadcast to settlement on one node, with a real database and real consumers. */
@Tag("slow")
class DispatcherTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    /** How long a node that stops waits for calls that hang. */
    private static final io.dropwizard.util.Duration A_SECOND = io.dropwizard.util.Duration.seconds(1);

    private final Sql sql = mariaDb.sql();

    private final ConsumerServer consumers = ConsumerServer.start();
    private Database database;
    private Registrar registrar;
    private Xid channel;

    @BeforeEach
    void register() {
        database = mariaDb.database();
        registrar = new Registrar(database);
        registrar.producer("p");
        channel = registrar.channel("c");
    }

    @AfterEach
    void close() {
        consumers.close();
    }

    @Test
    void aMessageReachesEveryConsumerWithTheHeadersOfTheContract() throws Exception {
        registrar.push(channel, "k1", consumers.url("/k1"));
        registrar.push(channel, "k2", consumers.url("/k2"));
        try (Node node = Node.start(database)) {
            assertThat(node.send("c", "m1", 7, "hello".getBytes(UTF_8)).join()).isEqualTo(BroadcastResult.ACCEPTED);
            awaitCount("delivered_job", 2);
        }

        for (String consumer : List.of("k1", "k2")) {
            List<ReceivedRequest> requests = consumers.requests("/" + consumer);
            assertThat(requests).hasSize(1);
            ReceivedRequest request = requests.get(0);
            assertThat(request.body()).isEqualTo("hello".getBytes(UTF_8));
            Map<String, String> headers = headers(request);
            assertThat(headers)
                    .containsEntry("Content-Type", "text/plain")
                    .containsEntry("X-Broker-Message-Priority", "7")
                    .containsEntry("X-Broker-Channel-ID", "c")
                    .containsEntry("X-Broker-Consumer-ID", consumer)
                    .containsEntry("X-Broker-Message-ID", "m1")
                    .containsEntry("X-Broker-Consumer-Token", "kt")
                    .containsEntry("User-Agent", "Webhook Message Broker")
                    .containsEntry("X-Broker-Metadata-Headers", "")
                    .doesNotContainKey("X-Broker-Possible-Duplicate");
            assertThat(Xid.parse(headers.get("X-Request-ID"))).isPresent();
        }
        assertThat(sql.count("job")).isZero();
    }

    /** A consumer that answers late, and has failed before. */
    @Test
    @Tag("G6")
    void slowRetriesLeaveRoomForFirstAttempts() throws Exception {
        Xid consumer = registrar.push(channel, "k", consumers.url("/k"));
        new Seed(database).queued(channel, consumer, 40);
        sql.execute("UPDATE job SET retry = TRUE, attempts = 1");
        CountDownLatch gate = new CountDownLatch(1);
        consumers.on("/k", (request, connection) -> {
            if (!"new".equals(request.header("X-Broker-Message-ID"))) {
                gate.await();
            }
            Behavior.status(200).answer(request, connection);
        });
        try (Node node = Node.start(database, settings -> {
            settings.dispatch.laneCapacity = 8;
            settings.dispatch.maxInFlightPerConsumer = 4;
            settings.dispatch.deliveryTimeout = io.dropwizard.util.Duration.minutes(5);
        })) {
            await().until(() -> consumers.requests("/k").size() == 2);

            node.send("c", "new", 0, new byte[1]).join();
            awaitCount("delivered_job", 1);

            gate.countDown();
            awaitCount("delivered_job", 41);
        }
    }

    @Test
    void aFailedJobIsRetriedUntilItIsDelivered() throws Exception {
        registrar.push(channel, "k", consumers.url("/k"));
        consumers.on("/k", Behavior.sequence(Behavior.status(503), Behavior.status(500), Behavior.status(204)));
        try (Node node = Node.start(database)) {
            node.sendMany("c", "m", 1);
            awaitCount("delivered_job", 1);
        }

        assertThat(consumers.requests("/k")).hasSize(3);
        assertThat(sql.longOf("SELECT attempts FROM delivered_job")).isEqualTo(2);
    }

    @Test
    void aJobThatAlwaysFailsIsDeadAfterAllRetriesAndSaysWhy() throws Exception {
        registrar.push(channel, "k", consumers.url("/k"));
        consumers.on("/k", Behavior.status(500));
        try (Node node = Node.start(database)) {
            node.sendMany("c", "m", 1);
            awaitCount("dead_job", 1);
        }

        assertThat(consumers.requests("/k")).hasSize(4);
        assertThat(sql.textOf("SELECT reason FROM dead_job")).isEqualTo("status-500");
        assertThat(sql.count("job")).isZero();
    }

    /** G1, G2: more messages than a lane holds; none is lost, none is sent twice, and the counters agree. */
    @Test
    @Tag("G2")
    void everyMessageOfABurstIsDeliveredOnce() throws Exception {
        registrar.push(channel, "k1", consumers.url("/k1"));
        registrar.push(channel, "k2", consumers.url("/k2"));
        try (Node node = Node.start(database, settings -> settings.dispatch.laneCapacity = 40)) {
            List<String> sent = node.sendMany("c", "m", 3000);
            awaitCount("delivered_job", 6000);
            assertThat(received("/k1")).containsExactlyInAnyOrderElementsOf(sent);
            assertThat(received("/k2")).containsExactlyInAnyOrderElementsOf(sent);
        }

        assertThat(sql.count("job")).isZero();
        assertThat(sql.longOf("SELECT SUM(accepted) - SUM(delivered) - SUM(dead) - SUM(removed) FROM tally"
                        + " WHERE owner_id IN (SELECT id FROM consumer)"))
                .isZero();
        assertThat(sql.longOf("SELECT SUM(delivered) FROM tally")).isEqualTo(6000);
    }

    /** G6: tenants behind one gateway share its host and port, and so its connections. */
    @Test
    @Tag("G6")
    void hungConsumersOfOneHostLeaveRoomForTheHealthyOne() throws Exception {
        for (int i = 0; i < 6; i++) {
            registrar.push(channel, "hung" + i, consumers.url("/hung" + i));
            consumers.on("/hung" + i, Behavior.hang());
        }
        // So long that they are still hung whenever the test ends.
        try (Node node = Node.start(database, settings -> {
            settings.dispatch.deliveryTimeout = io.dropwizard.util.Duration.minutes(10);
            settings.dispatch.stopTimeout = A_SECOND;
        })) {
            node.sendMany("c", "m", 64);
            await().until(() -> node.inFlight() > 128);
            registrar.push(channel, "fine", consumers.url("/fine"));
            node.registry.refresh();

            node.sendMany("c", "more", 200);

            awaitCount("delivered_job", 200);
            assertThat(node.inFlight()).isLessThan(256);
        }
    }

    /** G6: the hung one has all that it may have, and the healthy one does not notice. */
    @Test
    @Tag("G6")
    void aHungConsumerDoesNotHoldUpAnother() throws Exception {
        registrar.push(channel, "hung", consumers.url("/hung"));
        registrar.push(channel, "fine", consumers.url("/fine"));
        consumers.on("/hung", Behavior.hang());
        try (Node node = Node.start(database, settings -> {
            settings.dispatch.maxBytesInMemory = DataSize.mebibytes(1);
            settings.dispatch.stopTimeout = A_SECOND;
        })) {
            List<String> sent = node.sendMany("c", "m", 2000);
            await().untilAsserted(() -> assertThat(received("/fine")).containsAll(sent));
            assertThat(sql.count("delivered_job")).isLessThanOrEqualTo(2000);
        }

        assertThat(sql.count("job", "holder <> 0"))
                .as("released by an orderly stop")
                .isZero();
        assertThat(sql.count("job")).isEqualTo(2000);
    }

    /** G7: 503 with Retry-After stops attempts for the whole lane; the jobs wait without losing any. */
    @Test
    @Tag("G7")
    void retryAfterHoldsTheLaneWithoutSpendingAttempts() throws Exception {
        registrar.push(channel, "k", consumers.url("/k"));
        consumers.on("/k", Behavior.reply(503, "", "Retry-After: 600"));
        try (Node node = Node.start(database, settings -> settings.dispatch.maxInFlightPerConsumer = 1)) {
            node.sendMany("c", "m", 50);
            await().untilAsserted(() ->
                    assertThat(sql.longOf("SELECT SUM(attempts) FROM job")).isEqualTo(1));
        }

        assertThat(consumers.requests("/k")).hasSize(1);
        assertThat(sql.count("job", "attempts = 0")).isEqualTo(49);
    }

    /** What a consumer may ask for has a bound, for the lane as for the job: otherwise one answer stops it for a year. */
    @Test
    @Tag("G7")
    void retryAfterHoldsTheLaneNoLongerThanItsBound() throws Exception {
        registrar.push(channel, "k", consumers.url("/k"));
        consumers.on("/k", Behavior.reply(503, "", "Retry-After: 31536000"));
        try (Node node = Node.start(database, settings -> {
            settings.dispatch.maxInFlightPerConsumer = 1;
            settings.retry.longestRetryAfter = A_SECOND;
        })) {
            node.sendMany("c", "m", 20);
            await().until(() -> !consumers.requests("/k").isEmpty());
            consumers.on("/k", Behavior.status(200));
            awaitCount("delivered_job", 20);
        }
    }

    /** G11: what is urgent passes what waits, also what waits in the database. */
    @Test
    @Tag("G11")
    void higherPriorityGoesFirst() throws Exception {
        registrar.push(channel, "k", consumers.url("/k"));
        CountDownLatch gate = new CountDownLatch(1);
        consumers.on("/k", Behavior.gated(gate, Behavior.status(200)));
        try (Node node = Node.start(database, settings -> {
            settings.dispatch.maxInFlightPerConsumer = 1;
            settings.dispatch.laneCapacity = 8;
        })) {
            node.sendMany("c", "low", 100);
            node.send("c", "urgent", 9, new byte[1]).join();
            gate.countDown();
            awaitCount("delivered_job", 101);
        }

        assertThat(received("/k").indexOf("urgent")).isLessThanOrEqualTo(9);
    }

    /** G6, G9: what cannot be read of one consumer's queue is no trouble of the others. */
    @Test
    void aMessageThatCanNotBeReadHoldsUpNoOtherConsumer() {
        Seed seed = new Seed(database);
        Xid broken = registrar.push(channel, "broken", consumers.url("/broken"));
        seed.queued(channel, broken, 1);
        sql.execute("UPDATE message SET headers = '{'");
        for (int i = 0; i < 10; i++) {
            seed.queued(channel, registrar.push(channel, "k" + i, consumers.url("/k" + i)), 200);
        }
        try (Node node = Node.start(database, settings -> settings.dispatch.laneCapacity = 20)) {
            awaitCount("delivered_job", 2000);
            await().untilAsserted(() -> assertThat(node.dispatcher.loops()).allMatch(loop -> loop.failure() == null));
        }
    }

    /** G9: the database goes away under load and comes back; the node recovers by itself. */
    @Test
    @Tag("G9")
    void deliveryGoesOnAfterTheDatabaseWasKilled() throws Exception {
        registrar.push(channel, "k", consumers.url("/k"));
        try (Node node = Node.start(database)) {
            Set<String> sent = Set.copyOf(node.sendMany("c", "before", 500));
            mariaDb.kill();
            await().ignoreExceptions()
                    .until(() -> node.send("c", "after", 0, new byte[1]).join() != BroadcastResult.UNAVAILABLE);
            await().untilAsserted(
                            () -> assertThat(received("/k")).containsAll(sent).contains("after"));
            await().ignoreExceptions().until(() -> sql.count("job") == 0);
            await().untilAsserted(() -> assertThat(node.dispatcher.loops()).allMatch(loop -> loop.failure() == null));
        }
    }

    private List<String> received(String path) {
        return consumers.requests(path).stream()
                .map(request -> headers(request).get("X-Broker-Message-ID"))
                .toList();
    }

    private static Map<String, String> headers(ReceivedRequest request) {
        return request.headers().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        Map.Entry::getValue,
                        (first, second) -> first + "|" + second,
                        () -> new TreeMap<>(String.CASE_INSENSITIVE_ORDER)));
    }

    private void awaitCount(String table, long count) {
        await().until(() -> sql.count(table) == count);
    }
}
