package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Uninterruptibles;
import io.dropwizard.util.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.BrokerConfiguration;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.ReceivedRequest;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Sql;

/** Several nodes on one database: G4 and G5. */
@Tag("slow")
class TakeoverTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

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

    /** G4: two nodes take from one queue; every job is delivered by exactly one of them. */
    @Test
    @Tag("G4")
    void twoNodesShareABacklogWithoutDuplicates() {
        registrar.push(channel, "k", consumers.url("/k"));
        CountDownLatch gate = new CountDownLatch(1);
        consumers.on("/k", Behavior.gated(gate, Behavior.status(200)));
        try (Node one = Node.start(database, TakeoverTest::patient);
                Node two = Node.start(database, TakeoverTest::patient)) {
            List<String> sent = one.sendMany("c", "a", 2500);
            sent.addAll(two.sendMany("c", "b", 2500));
            gate.countDown();
            await().until(() -> sql.count("delivered_job") == 5000);
            assertThat(received()).containsExactlyInAnyOrderElementsOf(sent);
        }
    }

    /** G11: what is urgent passes what waits, whichever node accepted the one and leases the other. */
    @Test
    @Tag("G11")
    void higherPriorityGoesFirstOnAllNodes() {
        CountDownLatch gate = new CountDownLatch(1);
        registrar.push(channel, "k", consumers.url("/k"));
        consumers.on("/k", Behavior.gated(gate, Behavior.status(200)));
        try (Node one = Node.start(database, TakeoverTest::narrow);
                Node two = Node.start(database, TakeoverTest::narrow)) {
            one.sendMany("c", "low-one", 100);
            two.sendMany("c", "low-two", 100);
            await().until(() -> sql.count("job", "holder = 0") > 150);
            for (int i = 0; i < 20; i++) {
                (i % 2 == 0 ? one : two)
                        .send("c", "urgent-" + i, 9, new byte[1])
                        .join();
            }
            gate.countDown();
            await().until(() -> sql.count("delivered_job") == 220);
        }

        List<String> received = received();
        for (int i = 0; i < 20; i++) {
            // Both lanes are full of others before, and while one has all that is urgent the other goes on with those.
            assertThat(received.indexOf("urgent-" + i)).isLessThan(100);
        }
    }

    /** G11: however much that is urgent waits, what is not gets its eighth. */
    @Test
    @Tag("G11")
    void lowPriorityDoesNotStarveOnAnyNode() {
        CountDownLatch gate = new CountDownLatch(1);
        registrar.push(channel, "k", consumers.url("/k"));
        consumers.on("/k", Behavior.gated(gate, Behavior.status(200)));
        try (Node one = Node.start(database, TakeoverTest::narrow);
                Node two = Node.start(database, TakeoverTest::narrow)) {
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                // After enough to fill both lanes; more that is urgent keeps coming.
                boolean low = i >= 60 && i < 70;
                sent.add((low ? "low-" : "urgent-") + i);
                (i % 2 == 0 ? one : two)
                        .send("c", sent.get(i), low ? 0 : 9, new byte[1])
                        .join();
            }
            gate.countDown();
            await().until(() -> sql.count("delivered_job") == 400);
            assertThat(received()).containsExactlyInAnyOrderElementsOf(sent);
        }

        List<String> received = received();
        for (int i = 60; i < 70; i++) {
            assertThat(received.indexOf("low-" + i)).isLessThan(340);
        }
    }

    /** Neither takes the other for dead because the machine is slow. */
    private static void patient(BrokerConfiguration settings) {
        settings.dispatch.takeoverAfter = Duration.minutes(5);
        settings.dispatch.laneCapacity = 50;
    }

    private static void narrow(BrokerConfiguration settings) {
        patient(settings);
        settings.dispatch.maxInFlightPerConsumer = 1;
        settings.dispatch.laneCapacity = 16;
    }

    /** G5: what a killed node held is delivered by another, and says that it may be a repeat. */
    @Test
    @Tag("G5")
    void aKilledNodesJobsAreTakenOverAndMarked() {
        registrar.push(channel, "k", consumers.url("/k"));
        CountDownLatch gate = new CountDownLatch(1);
        consumers.on("/k", Behavior.gated(gate, Behavior.status(200)));
        Node killed = Node.start(database);
        List<String> sent = killed.sendMany("c", "m", 100);
        killed.crash();
        try (Node survivor = Node.start(database)) {
            gate.countDown();
            await().until(() -> sql.count("delivered_job") == 100);
            await().until(() -> survivor.inFlight() == 0);
        }

        assertThat(received()).containsAll(sent);
        List<String> marked = consumers.requests("/k").stream()
                .filter(request -> "true".equals(request.header("X-Broker-Possible-Duplicate")))
                .map(TakeoverTest::messageId)
                .toList();
        assertThat(marked).containsExactlyInAnyOrderElementsOf(sent);
        await().untilAsserted(() -> assertThat(sql.count("job")).isZero());
    }

    /** G5, README 5: with the defaults, once the survivor is up for long enough to judge. */
    @Test
    @Tag("G5")
    void aTakeoverTakesLessThanFifteenSeconds() {
        registrar.push(channel, "k", consumers.url("/k"));
        consumers.on("/k", Behavior.hang());
        Duration byDefault = new BrokerConfiguration().dispatch.takeoverAfter;
        Node killed = Node.start(database, settings -> settings.dispatch.takeoverAfter = byDefault);
        try (Node survivor = Node.start(database, settings -> settings.dispatch.takeoverAfter = byDefault)) {
            await().until(survivor.incarnation::mayJudge);
            killed.sendMany("c", "m", 1);
            await().until(() -> consumers.requests("/k").size() == 1);
            consumers.on("/k", Behavior.status(200));
            killed.crash();
            await().atMost(java.time.Duration.ofSeconds(15)).until(() -> sql.count("delivered_job") == 1);
        }
    }

    /** G4: a node that was away learns that it is dead; its late outcome changes nothing. */
    @Test
    @Tag("G4")
    void aNodeThatWasTakenForDeadChangesNothingAndGoesOnAsAnother() {
        registrar.push(channel, "k", consumers.url("/k"));
        CountDownLatch gate = new CountDownLatch(1);
        consumers.on("/k", Behavior.sequence(Behavior.gated(gate, Behavior.status(500)), Behavior.status(200)));
        try (Node frozen = Node.start(database)) {
            int before = frozen.incarnation.id();
            frozen.sendMany("c", "m", 1);
            await().until(() -> consumers.requests("/k").size() == 1);
            sql.execute("UPDATE incarnation SET ended = TRUE");
            await().until(() -> sql.count("delivered_job") == 1);
            gate.countDown();
            await().until(() -> frozen.inFlight() == 0);
            assertThat(frozen.incarnation.id()).isNotEqualTo(before);
        }

        assertThat(sql.count("delivered_job")).isEqualTo(1);
        assertThat(sql.count("job")).isZero();
        assertThat(sql.longOf("SELECT SUM(delivered) FROM tally")).isEqualTo(1);
    }

    /** G4: the late outcome comes while another attempt is under way, whose job it is now. */
    @ParameterizedTest
    @ValueSource(ints = {200, 500})
    @Tag("G4")
    void aLateOutcomeChangesNothingWhileAnotherHoldsTheJob(int late) {
        registrar.push(channel, "k", consumers.url("/k"));
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        consumers.on(
                "/k",
                Behavior.sequence(
                        Behavior.gated(first, Behavior.status(late)), Behavior.gated(second, Behavior.status(200))));
        try (Node frozen = Node.start(database)) {
            frozen.sendMany("c", "m", 1);
            await().until(() -> consumers.requests("/k").size() == 1);
            sql.execute("UPDATE incarnation SET ended = TRUE");
            await().until(() -> consumers.requests("/k").size() == 2);

            first.countDown();
            await().until(() -> frozen.settled("stale") == 1);
            assertThat(sql.count("job", "attempts = 0 AND holder = " + frozen.incarnation.id()))
                    .isEqualTo(1);
            assertThat(sql.count("delivered_job")).isZero();

            second.countDown();
            await().until(() -> sql.count("delivered_job") == 1);
        }
        assertThat(consumers.requests("/k")).hasSize(2);
        assertThat(sql.longOf("SELECT SUM(delivered) FROM tally")).isEqualTo(1);
    }

    /** G5: a node that froze within a transaction does not keep the lock that proves it alive. */
    @Test
    void aNodeThatFrozeInATransactionIsTakenForDead() throws Exception {
        registrar.push(channel, "k", consumers.url("/k"));
        consumers.on("/k", Behavior.hang());
        Node frozen = Node.start(database);
        frozen.sendMany("c", "m", 1);
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        CompletableFuture<Void> transaction = CompletableFuture.runAsync(() -> freezeWithLock(frozen, locked, over));
        assertThat(locked.await(1, TimeUnit.MINUTES)).isTrue();
        frozen.crash();
        consumers.on("/k", Behavior.status(200));
        try (Node survivor = Node.start(database)) {
            await().until(() -> sql.count("delivered_job") == 1);
            assertThat(transaction).as("was still there").isNotDone();
            await().until(() -> survivor.inFlight() == 0);
        } finally {
            over.countDown();
        }
        assertThat(transaction).failsWithin(java.time.Duration.ofMinutes(1));
    }

    private void freezeWithLock(Node frozen, CountDownLatch locked, CountDownLatch over) {
        database.inTransaction(handle -> {
            frozen.incarnation.lock(handle);
            locked.countDown();
            return Uninterruptibles.awaitUninterruptibly(over, 5, TimeUnit.MINUTES);
        });
    }

    /** G5: a job that was held by too many nodes that died ends dead. */
    @Test
    @Tag("G5")
    void aJobThatKillsItsHoldersEndsDead() {
        registrar.push(channel, "k", consumers.url("/k"));
        consumers.on("/k", Behavior.hang());
        for (int i = 0; i < 2; i++) {
            Node node = Node.start(database, settings -> settings.dispatch.maxTakeovers = 2);
            if (i == 0) {
                node.sendMany("c", "poison", 1);
            }
            int attempts = i + 1;
            await().until(() -> consumers.requests("/k").size() == attempts);
            node.crash();
        }
        try (Node last = Node.start(database, settings -> settings.dispatch.maxTakeovers = 2)) {
            await().until(() -> sql.count("dead_job", "reason = 'crash-loop'") == 1);
            await().until(() -> last.inFlight() == 0);
        }
        assertThat(sql.longOf("SELECT SUM(dead) FROM tally")).isEqualTo(1);
    }

    /** An orderly stop gives everything back: nobody waits for leases to expire. */
    @Test
    void anOrderlyStopReleasesWhatItHeld() {
        registrar.push(channel, "k", consumers.url("/k"));
        consumers.on("/k", Behavior.hang());
        try (Node node = Node.start(database, settings -> settings.dispatch.stopTimeout = Duration.seconds(1))) {
            node.sendMany("c", "m", 300);
            await().until(() -> consumers.requests("/k").size() == 64);
        }

        assertThat(sql.count("job", "holder = 0")).isEqualTo(300);
        assertThat(sql.count("job", "possible_duplicate")).isEqualTo(64);
        assertThat(sql.longOf("SELECT SUM(takeovers) FROM job")).isZero();
        assertThat(sql.longOf("SELECT SUM(attempts) FROM job"))
                .as("cut off by us, which is no failure of the consumer")
                .isZero();
    }

    /** G3: a consumer registered through another node gets the next message, and none before. */
    @Test
    @Tag("G3")
    void aConsumerOfAnotherNodeIsInTheNextFanOut() {
        registrar.push(channel, "k1", consumers.url("/k"));
        try (Node node = Node.start(database)) {
            node.sendMany("c", "before", 1);
            registrar.push(channel, "k2", consumers.url("/k"));
            node.sendMany("c", "after", 1);
            await().until(() -> sql.count("delivered_job") == 3);
        }

        assertThat(received()).containsExactlyInAnyOrder("before-0", "after-0", "after-0");
    }

    private List<String> received() {
        return consumers.requests("/k").stream().map(TakeoverTest::messageId).toList();
    }

    private static String messageId(ReceivedRequest request) {
        return String.valueOf(request.header("X-Broker-Message-ID"));
    }
}
