package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.BrokerProcess;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.OwnThread;
import org.webhookbroker.testing.ReceivedRequest;
import org.webhookbroker.testing.Sql;

/** G1 and G5 with the packaged broker: {@code kill -9} under load loses no message that was acknowledged. */
@Tag("G1")
@Tag("G5")
@Tag("slow")
class KillIT {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Sql sql = mariaDb.sql();

    private static final int CONCURRENCY = 64;
    /** Calls that the I/O threads had permitted but not yet written when they froze; see decision 3. */
    private static final int ONE_TURN = 64;

    private final ConsumerServer consumer = ConsumerServer.start();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private static final long SEED = Long.getLong("kill.seed", new Random().nextLong());

    private final Random random = new Random(SEED);
    private int sent;

    @AfterEach
    void close() {
        consumer.close();
    }

    @Test
    void aKilledBrokerDeliversAllThatItAcknowledgedOnceItIsBack() {
        try (BrokerProcess broker = BrokerProcess.start(mariaDb)) {
            new ApiClient(broker.url()).register("c", "k", consumer.url("/k"));
            loadThenKill(broker, broker);
        }
        try (BrokerProcess again = BrokerProcess.start(mariaDb)) {
            assertThat(again.url()).isNotEmpty();
            awaitAllDelivered();
        }
        assertThat(acknowledged).isNotEmpty();
        assertDuplicatesAreMarked();
    }

    @Test
    void anotherNodeTakesOverWhatAKilledOneHeld() {
        try (BrokerProcess killed = BrokerProcess.start(mariaDb);
                BrokerProcess survivor = BrokerProcess.start(mariaDb)) {
            new ApiClient(killed.url()).register("c", "k", consumer.url("/k"));
            assertThat(survivor.url()).isNotEmpty();
            loadThenKill(killed, killed);
            long start = System.nanoTime();
            awaitAllDelivered();
            System.out.printf("Takeover was complete %.1f s after the kill%n", (System.nanoTime() - start) / 1e9);
        }
        assertDuplicatesAreMarked();
    }

    @Test
    void anOrderlyStopLeavesNothingHeldAndNoDuplicates() throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(mariaDb)) {
            new ApiClient(broker.url()).register("c", "k", consumer.url("/k"));
            List<CompletableFuture<Void>> answers = load(new ApiClient(broker.url()), 500);
            answers.forEach(CompletableFuture::join);
            assertThat(broker.stop()).isIn(0, 143);
        }
        assertThat(sql.count("job", "holder <> 0")).isZero();
        try (BrokerProcess again = BrokerProcess.start(mariaDb)) {
            assertThat(again.url()).isNotEmpty();
            awaitAllDelivered();
        }
        assertThat(consumer.requests("/k")).hasSize(acknowledged.size());
    }

    /** G4: it knows nothing of the time that passed, and half of what it was doing is somebody else's by now. */
    @Test
    @Tag("G4")
    void aFrozenNodeChangesNothingThatItNoLongerHoldsAndGoesOnAsAnother() {
        try (BrokerProcess frozen = started("TAKEOVER_AFTER=2s");
                BrokerProcess survivor = started("TAKEOVER_AFTER=2s")) {
            ApiClient client = new ApiClient(frozen.url());
            client.register("c", "k", consumer.url("/k"));
            assertThat(survivor.url()).isNotEqualTo(frozen.url());
            CompletableFuture<List<CompletableFuture<Void>>> loading =
                    CompletableFuture.supplyAsync(() -> load(client, 4000), OwnThread.EACH);
            await().atMost(Duration.ofMinutes(1)).until(() -> acknowledged.size() > 1000);
            int incarnation = incarnations().get(0);
            frozen.freeze();
            awaitAllDelivered();
            await().atMost(Duration.ofSeconds(30)).until(() -> held(incarnation) == 0);
            frozen.thaw();

            loading.join().forEach(answer -> answer.exceptionally(lost -> null).join());
            await().atMost(Duration.ofSeconds(30)).until(() -> incarnations().size() == 2);
            assertThat(incarnations()).doesNotContain(incarnation);
            assertThat(client.broadcast("c", "after", "{}").join()).isEqualTo(201);
            acknowledged.add("after");
            awaitAllDelivered();
            await().atMost(Duration.ofSeconds(30)).until(() -> sql.count("job") == 0);
        }
        assertThat(unmarkedRepeats()).hasSizeLessThanOrEqualTo(ONE_TURN);
        assertThat(sql.count("delivered_job")).isEqualTo(sql.count("message"));
        assertThat(mariaDb.database().withHandle(new TallyStore()::all).values().stream()
                        .mapToLong(TallyStore.Totals::delivered)
                        .sum())
                .isEqualTo(sql.count("message"));
    }

    private static BrokerProcess started(String... environment) {
        BrokerProcess broker = BrokerProcess.start(mariaDb, environment);
        assertThat(broker.url()).isNotEmpty();
        return broker;
    }

    private void loadThenKill(BrokerProcess target, BrokerProcess victim) {
        System.out.println("The moment of each kill is drawn with -Dkill.seed=" + SEED);
        int before = 1000 + random.nextInt(2000);
        ApiClient client = new ApiClient(target.url());
        List<CompletableFuture<Void>> answers = load(client, before);
        CompletableFuture<Void> kill = CompletableFuture.runAsync(
                () -> {
                    await().until(() -> acknowledged.size() > before / 2);
                    victim.kill();
                },
                OwnThread.EACH);
        answers.addAll(load(client, 4000));
        kill.join();
        answers.forEach(answer -> answer.exceptionally(lost -> null).join());
    }

    private List<CompletableFuture<Void>> load(ApiClient client, int count) {
        Semaphore slots = new Semaphore(CONCURRENCY);
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String id = "m-" + sent++;
            slots.acquireUninterruptibly();
            answers.add(client.broadcast("c", id, "{\"n\":" + i + "}")
                    .whenComplete((status, lost) -> slots.release())
                    .thenAccept(status -> {
                        if (status == 201) {
                            acknowledged.add(id);
                        }
                    }));
        }
        return answers;
    }

    private void awaitAllDelivered() {
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            Set<String> missing = new HashSet<>(acknowledged);
            consumer.requests("/k").forEach(request -> missing.remove(id(request)));
            assertThat(missing).isEmpty();
        });
    }

    /** A second copy is only of what was in flight at the kill, and says so. */
    private void assertDuplicatesAreMarked() {
        assertThat(repeats()).hasSizeLessThanOrEqualTo(1000);
        assertThat(unmarkedRepeats()).isEmpty();
    }

    private List<ReceivedRequest> unmarkedRepeats() {
        return repeats().stream()
                .filter(request -> !"true".equals(request.header("X-Broker-Possible-Duplicate")))
                .toList();
    }

    /** All requests but the first of each message. */
    private List<ReceivedRequest> repeats() {
        Set<String> seen = new HashSet<>();
        return consumer.requests("/k").stream()
                .filter(request -> !seen.add(id(request)))
                .toList();
    }

    private long held(int incarnation) {
        return sql.count("job", "holder = " + incarnation);
    }

    private List<Integer> incarnations() {
        return mariaDb.database()
                .withHandle(handle -> handle.createQuery("SELECT id FROM incarnation WHERE NOT ended ORDER BY id")
                        .mapTo(Integer.class)
                        .list());
    }

    private static String id(ReceivedRequest request) {
        return String.valueOf(request.header("X-Broker-Message-ID"));
    }
}
