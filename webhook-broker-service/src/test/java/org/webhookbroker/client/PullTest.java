package org.webhookbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.signature.GatewaySignature;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/** Pull consumers, with the real broker. */
@Tag("slow")
@Timeout(240)
@SuppressWarnings("try") // A loop does its work by itself.
final class PullTest {
    private static final String SECRET = "dGVzdC1obWFjLXNlY3JldC1mb3ItaW50ZWdyYXRpb24=";

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final ExecutorService executor = Executors.newFixedThreadPool(8);
    private final Queue<PulledJob> handled = new ConcurrentLinkedQueue<>();
    private final Queue<BrokerException> trouble = new ConcurrentLinkedQueue<>();
    private LocalBroker broker;
    private BrokerClient client;
    private Producer producer;

    @BeforeEach
    void start() {
        broker = LocalBroker.start(mariaDb);
        client =
                BrokerClient.of(URI.create("http://127.0.0.1:" + broker.port())).build();
        producer = client.producer(new Credential("c", "ct"), new Credential("p", "pt"));
        broker.client().put("/producer/p", "token=pt");
        broker.client().put("/channel/c", "token=ct");
        broker.client()
                .put("/channel/c/consumer/k", "token=kt&type=pull&maxRetries=1&retryDelays=1&callbackUrl=http://none/");
    }

    @AfterEach
    void stop() {
        client.close();
        executor.shutdownNow();
        broker.close();
    }

    private PullBuilder pull() {
        return client.pull(new Credential("c", "ct"), new Credential("k", "kt"))
                .longestWait(Duration.ofSeconds(1))
                .onTrouble(trouble::add);
    }

    private void broadcast(String id, byte[] payload) throws InterruptedException {
        producer.broadcast(
                Message.of(id, "text/odd", payload).withPriority(3).withMetadata(Map.of("traceparent", "00-\"\\")));
    }

    private void broadcast(int messages) throws InterruptedException {
        assertThat(producer.broadcastAll(IntStream.range(0, messages)
                        .mapToObj(i -> Message.of("m" + i, "text/plain", "x".getBytes(StandardCharsets.UTF_8)))
                        .toList()))
                .allMatch(BatchResult::isStored);
    }

    private long count(String table, String where) {
        return mariaDb.sql().count(table, where);
    }

    @Test
    void jobsArriveAsTheyWereBroadcastAndAreDelivered() throws Exception {
        byte[] binary = {0, -1, 10, 34, 92};
        byte[] text = "\u0000 \"\\\u007f ü \ud83d\ude00 \u2028".getBytes(StandardCharsets.UTF_8);
        broadcast("binary", binary);
        broadcast("text", text);
        try (PullLoop loop = pull().concurrency(2).start(executor, handled::add)) {
            await().until(() -> count("delivered_job", "TRUE") == 2);
        }
        PulledJob first = handled.stream()
                .filter(job -> job.messageId().equals("binary"))
                .findFirst()
                .orElseThrow();
        PulledJob second = handled.stream()
                .filter(job -> job.messageId().equals("text"))
                .findFirst()
                .orElseThrow();
        assertThat(first.payload()).isEqualTo(binary);
        assertThat(second.payload()).isEqualTo(text);
        assertThat(first.contentType()).isEqualTo("text/odd");
        assertThat(first.priority()).isEqualTo(3);
        assertThat(first.metadata()).containsExactly(Map.entry("traceparent", "00-\"\\"));
        assertThat(first.attempts()).isZero();
        assertThat(first.possibleDuplicate()).isFalse();
        assertThat(trouble).isEmpty();
    }

    @Test
    void noMoreJobsAreHeldThanItsConcurrency() throws Exception {
        broadcast(60);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (PullLoop loop = pull().concurrency(5).start(executor, job -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            assertThat(count("job", "holder > 0")).isLessThanOrEqualTo(5);
            running.decrementAndGet();
        })) {
            await().until(() -> count("delivered_job", "TRUE") == 60);
        }
        assertThat(most.get()).isBetween(2, 5);
        assertThat(trouble).isEmpty();
    }

    @Test
    void whatItsHandlerThrowsIsTheReasonOfAFailedAttempt() throws Exception {
        broadcast(1);
        try (PullLoop loop = pull().start(executor, job -> {
            handled.add(job);
            throw new IllegalArgumentException("no paper\n\u0007 \"today\" ü" + "y".repeat(10_000));
        })) {
            await().until(() -> count("dead_job", "TRUE") == 1);
        }
        assertThat(handled.stream().map(PulledJob::attempts)).containsExactly(0, 1);
        assertThat(count("dead_job", "reason = 'nacked' AND detail LIKE '%IllegalArgumentException: no paper%ü%'"))
                .isEqualTo(1);
        assertThat(trouble).isEmpty();
    }

    @Test
    void aLeaseIsExtendedWhileItsHandlerRuns() throws Exception {
        broadcast(1);
        CountDownLatch gate = new CountDownLatch(1);
        try (PullLoop loop = pull().lease(Duration.ofSeconds(3)).start(executor, job -> {
            handled.add(job);
            gate.await();
        })) {
            await().until(() -> !handled.isEmpty());
            String begin = mariaDb.sql().textOf("SELECT due_at FROM job");
            // Each extension is a second later than the one before, so this needs more than the whole lease.
            await().until(() -> count("job", "due_at > '" + begin + "' + INTERVAL 4 SECOND") == 1);
            gate.countDown();
            await().until(() -> count("delivered_job", "TRUE") == 1);
        }
        assertThat(handled).hasSize(1);
        assertThat(trouble).isEmpty();
    }

    /** G7: also of those that come while it stops. */
    @Test
    @Tag("G7")
    void aLoopThatStopsEndsWhatRunsAndGivesBackWhatWasNotBegun() throws Exception {
        broadcast(5);
        CountDownLatch gate = new CountDownLatch(1);
        ExecutorService one = Executors.newSingleThreadExecutor();
        try (PullLoop loop = pull().concurrency(5).lease(Duration.ofHours(1)).start(one, job -> {
            handled.add(job);
            gate.await();
        })) {
            await().until(() -> !handled.isEmpty() && count("job", "holder > 0") == 5);
            loop.stop();
            await().until(() -> count("job", "holder > 0") == 1);
            assertThat(count("job", "holder = 0 AND attempts = 0 AND due_at <= UTC_TIMESTAMP(6)"))
                    .isEqualTo(4);
            gate.countDown();
        }
        one.shutdown();
        assertThat(count("delivered_job", "TRUE")).isEqualTo(1);
        assertThat(handled).hasSize(1);
        assertThat(trouble).isEmpty();
    }

    @Test
    void itGoesOnWhenTheBrokerIsBack() throws Exception {
        int port = broker.port();
        try (PullLoop loop = pull().start(executor, handled::add)) {
            broadcast("before", new byte[1]);
            await().until(() -> count("delivered_job", "TRUE") == 1);
            broker.close();
            await().until(() -> !trouble.isEmpty());
            broker = LocalBroker.start(mariaDb, "server.applicationConnectors[0].port=" + port);
            broadcast("after", new byte[1]);
            await().until(() -> count("delivered_job", "TRUE") == 2);
        }
        assertThat(handled.stream().map(PulledJob::messageId)).containsExactly("before", "after");
    }

    @Test
    void whereRequestsMustBeSignedTheyAre() throws Exception {
        broker.close();
        broker = LocalBroker.start(mariaDb, "gatewayAuth.mode=hmac", "gatewayAuth.hmacSharedSecret=" + SECRET);
        URI address = URI.create("http://127.0.0.1:" + broker.port());
        Credential channel = new Credential("c", "ct");
        try (BrokerClient unsigned = BrokerClient.of(address).build();
                BrokerClient signing = BrokerClient.of(address)
                        .signedBy(GatewaySignature.of(SECRET))
                        .build()) {
            Message message = Message.of("text/plain", new byte[1]);
            assertThatThrownBy(() -> unsigned.producer(channel, new Credential("p", "pt"))
                            .broadcast(message))
                    .hasMessageContaining("401 missing X-Broker-Signature header");
            assertThat(signing.producer(channel, new Credential("p", "pt")).broadcastAll(List.of(message)))
                    .allMatch(BatchResult::isStored);
            try (PullLoop loop =
                    signing.pull(channel, new Credential("k", "kt")).start(executor, handled::add)) {
                await().until(() -> count("delivered_job", "TRUE") == 1);
            }
        }
    }
}
