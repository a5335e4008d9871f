package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dropwizard.util.DataSize;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.CrowdedDatabase;
import org.webhookbroker.database.Database;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.quota.JobQuota;
import org.webhookbroker.quota.JobQuota.WhenFull;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.EntryValues;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Together;

/** Quotas of live jobs. Nothing is delivered here unless a test does it. */
@Tag("slow")
final class LiveJobsQuotaTest {
    private static final int QUOTA = 20;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final List<TestNode> nodes = new ArrayList<>();

    private TestNode node(JobQuota... quotas) {
        return node(mariaDb.database(), quotas);
    }

    private TestNode node(Database database, JobQuota... quotas) {
        TestNode node = new TestNode(database, settings -> {
                    settings.intake.maxPayload = DataSize.bytes(1_000_000);
                    settings.intake.maxBytesInMemory = DataSize.mebibytes(8);
                    settings.quotas.consumers = List.of(quotas);
                })
                .started();
        nodes.add(node);
        node.broker.stores.channels().put(new EntryValues("c2", "Chan", "ct"), UpdateCondition.none(), Auditing.PUT);
        return node;
    }

    @AfterEach
    void stop() {
        nodes.forEach(node -> {
            await().until(() -> node.intake.budget().used() == 0);
            node.close();
        });
    }

    private static JobQuota each(WhenFull way) {
        return new JobQuota("", "", QUOTA, way);
    }

    private static long live(TestNode node, Consumer consumer) {
        return node.database
                .withHandle(handle -> new TallyStore().of(handle, consumer.id()))
                .live();
    }

    /** What ends while a node reads the counters counts twice until it reads them again. */
    private static void awaitFull(Requests requests, Consumer consumer, int jobs) {
        await().until(() -> requests.broadcast("probe").statusCode() == 429 && live(requests.node(), consumer) >= jobs);
    }

    /** A consumer has its quota from the first look at the counters that began after it was known: the second one that ends from now on. */
    private static void awaitLook(TestNode node) {
        BackgroundLoop looks = node.broker.quotas.loops().get(0);
        for (int i = 0; i < 2; i++) {
            long begin = System.nanoTime();
            looks.wake();
            await().until(() -> looks.sinceLastPass().toNanos() < System.nanoTime() - begin);
        }
    }

    private static int accepted(Requests requests, int threads, int each) throws Exception {
        Callable<Integer> producer = () -> {
            int accepted = 0;
            for (int i = 0; i < each; i++) {
                accepted += requests.broadcast("x").statusCode() == 201 ? 1 : 0;
            }
            return accepted;
        };
        return Together.run(Collections.nCopies(threads, producer)).stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    @Test
    @Tag("G8")
    void oneNodeNeverTakesMore() throws Exception {
        TestNode node = node(each(WhenFull.REFUSES));
        Consumer k = node.consumer("k", ConsumerType.PUSH);
        Requests requests = new Requests(node);
        requests.broadcast("first");
        awaitFull(requests, k, QUOTA);
        assertThat(live(node, k)).isEqualTo(QUOTA);

        node.deliver(node.lease(k, 7));

        assertThat(accepted(requests, 8, 1)).isLessThanOrEqualTo(7);
        await().untilAsserted(() -> {
            accepted(requests, 8, 5);
            assertThat(live(node, k)).isEqualTo(QUOTA);
        });
        HttpResponse<String> refused = requests.broadcast("x");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(refused.body())
                .isEqualTo("Too Many Requests: the consumer `k` may have 20 live jobs, and has them;"
                        + " nothing was stored");
    }

    /** Otherwise what came since the last look would count as live for as long as somebody keeps reading. */
    @Test
    @Tag("G8")
    void readersDoNotHideThatAConsumerHasRoom() {
        CrowdedDatabase crowded = new CrowdedDatabase(mariaDb.jdbi());
        TestNode node = node(crowded.database(), each(WhenFull.REFUSES));
        Consumer k = node.consumer("k", ConsumerType.PUSH);
        Requests requests = new Requests(node);
        requests.broadcast("first");
        awaitFull(requests, k, QUOTA);
        crowded.readersCome();
        try {
            node.deliver(node.lease(k, QUOTA));
            await().until(() -> requests.broadcast("x").statusCode() == 201);
        } finally {
            crowded.readersGo();
        }
    }

    /** A node learns within half a second what another took. */
    @Test
    @Tag("G8")
    void nodesTogetherTakeNoMoreThanEachMay() throws Exception {
        TestNode one = node(each(WhenFull.REFUSES));
        TestNode two = node(each(WhenFull.REFUSES));
        Consumer k = one.consumer("k", ConsumerType.PUSH);
        two.registry.refresh();
        awaitLook(one);
        awaitLook(two);
        Requests toOne = new Requests(one);
        Requests toTwo = new Requests(two);
        List<Callable<Integer>> producers =
                List.of(() -> accepted(toOne, 4, 30), () -> accepted(toTwo, 4, 30), () -> accepted(toOne, 4, 30));
        Together.run(producers);
        awaitFull(toOne, k, QUOTA);
        awaitFull(toTwo, k, QUOTA);
        assertThat(live(one, k)).isBetween((long) QUOTA, 2L * QUOTA);
    }

    @Test
    @Tag("G6")
    void whileAConsumerIsFullItsChannelGoesOnSlowlyAndOthersAsEver() throws Exception {
        TestNode node = node(each(WhenFull.HOLDS));
        Consumer k = node.consumer("k", ConsumerType.PUSH);
        Requests requests = new Requests(node);
        for (int i = 0; i < QUOTA; i++) {
            assertThat(requests.broadcast("x").statusCode()).isEqualTo(201);
        }
        await().until(() -> millis(() -> requests.broadcast("x")) >= 900);

        List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
        // On a slow machine one that is not held may take as long as one that is, but not most.
        await().until(() -> {
            for (int i = 0; i < 50; i++) {
                held.add(requests.broadcastAsync("/channel/c1/broadcast", new byte[] {1}));
            }
            return IntStream.range(0, 5)
                            .filter(i -> millis(() -> assertThat(
                                                    requests.broadcastAsync("/channel/c2/broadcast", new byte[] {1})
                                                            .join()
                                                            .statusCode())
                                            .isEqualTo(201))
                                    < 900)
                            .count()
                    >= 3;
        });
        assertThat(held)
                .allSatisfy(each -> assertThat(each.join().statusCode())
                        .as("late, and not refused")
                        .isEqualTo(201));

        long before = live(node, k);
        node.deliver(node.lease(k, (int) before));
        await().until(() -> millis(() -> requests.broadcast("x")) < 300);
    }

    private static long millis(Runnable task) {
        long start = System.nanoTime();
        task.run();
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }

    /** An eighth of 8 MiB, and of it a half: what is beyond is refused, and the memory is there for others. */
    @Test
    @Tag("G8")
    void whatIsHeldTakesLittleMemory() {
        TestNode node = node(each(WhenFull.HOLDS));
        node.consumer("k", ConsumerType.PUSH);
        Requests requests = new Requests(node);
        for (int i = 0; i < QUOTA; i++) {
            requests.broadcast("x");
        }
        await().until(() -> millis(() -> requests.broadcast("x")) >= 900);
        List<CompletableFuture<HttpResponse<String>>> many = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            many.add(requests.broadcastAsync("/channel/c1/broadcast", new byte[100_000]));
        }
        List<Integer> statuses =
                many.stream().map(each -> each.join().statusCode()).toList();
        assertThat(statuses).contains(201).contains(429);
        assertThat(statuses).filteredOn(status -> status == 201).hasSizeLessThan(20);
    }

    @Test
    @Tag("G8")
    void whoHangsUpWhileItIsHeldLeavesNothingBehind() throws Exception {
        TestNode node = node(each(WhenFull.HOLDS));
        node.consumer("k", ConsumerType.PUSH);
        Requests requests = new Requests(node);
        for (int i = 0; i < QUOTA; i++) {
            requests.broadcast("x");
        }
        await().until(() -> millis(() -> requests.broadcast("x")) >= 900);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 20; i++) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
                    OutputStream out = socket.getOutputStream();
                    out.write(("POST /channel/c1/broadcast HTTP/1.1\r\nHost: b\r\nX-Broker-Channel-Token: ct\r\n"
                                    + "X-Broker-Producer-ID: p1\r\nX-Broker-Producer-Token: pt\r\n"
                                    + "Content-Length: 20000\r\n\r\n" + "x".repeat(20_000))
                            .getBytes(StandardCharsets.US_ASCII));
                }
            }
            await().until(() -> node.intake.budget().used() == 0);
        }
        assertThat(requests.broadcast("x").statusCode()).isEqualTo(201);
    }

    @Test
    void aConsumerMayHaveAQuotaOfItsOwnAndScheduledMessagesPass() throws Exception {
        TestNode node = node(
                new JobQuota("", "", 1, WhenFull.REFUSES),
                new JobQuota("c1", "free", 0, WhenFull.HOLDS),
                new JobQuota("c2", "k", 1, WhenFull.REFUSES));
        Consumer free = node.consumer("free", ConsumerType.PUSH);
        Requests requests = new Requests(node);
        assertThat(accepted(requests, 4, 5)).isEqualTo(20);
        assertThat(live(node, free)).isEqualTo(20);

        Consumer k = node.consumer("k", ConsumerType.PULL);
        awaitFull(requests, k, 1);
        assertThat(requests.broadcast("x", "X-Broker-Scheduled-For", "2999-01-01T00:00:00Z")
                        .statusCode())
                .as("its jobs are made when it is due")
                .isEqualTo(201);
    }
}
