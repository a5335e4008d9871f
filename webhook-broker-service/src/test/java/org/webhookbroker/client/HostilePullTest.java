package org.webhookbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.ReceivedRequest;

/** Pull consumers, with whatever may answer in the place of a broker. */
@Tag("slow")
@Timeout(120)
@SuppressWarnings("try") // A loop does its work by itself.
final class HostilePullTest {
    private static final String JOBS = "/channel/c/consumer/k/jobs/";
    private static final String EMPTY = "{\"Result\":[]}";

    private final ConsumerServer server = ConsumerServer.start();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Queue<PulledJob> handled = new ConcurrentLinkedQueue<>();
    private final Queue<BrokerException> trouble = new ConcurrentLinkedQueue<>();
    private final FakeTiming time = new FakeTiming();
    private BrokerClient client;

    private PullBuilder pull(Timing timing) {
        client = BrokerClient.of(URI.create(server.url("")))
                .attemptTimeout(Duration.ofSeconds(2))
                .timing(timing)
                .build();
        return client.pull(new Credential("c", "channel-token"), new Credential("k", "consumer-token"))
                .concurrency(1)
                .longestWait(Duration.ofSeconds(1))
                .stopTimeout(Duration.ofSeconds(10))
                .largestAnswer(64 * 1024)
                .onTrouble(trouble::add);
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
        executor.shutdownNow();
    }

    private static String jobs(String... receipts) {
        StringBuilder jobs = new StringBuilder();
        for (String receipt : receipts) {
            jobs.append(jobs.isEmpty() ? "" : ",").append("""
                    {"ID":"j-%s","Receipt":"%s","LeasedUntil":"2026-01-01T00:00:00Z","Attempts":0,"PossibleDuplicate":true,"Priority":1,
                    "IncrementalTimeout":0,"New":[{}],"Message":{"MessageID":"m","Payload":"x","Headers":{},"ContentType":"text/plain"}}
                    """.formatted(receipt, receipt));
        }
        return "{\"Result\":[" + jobs + "]}";
    }

    private static Behavior settled(String receipt, boolean done, String status) {
        return Behavior.reply(
                200,
                "{\"Result\":[{\"Receipt\":\"" + receipt + "\",\"Done\":" + done + ",\"Status\":\"" + status + "\"}]}");
    }

    @Test
    void itGoesOnAfterWhateverIsNoAnswer() {
        server.on(
                JOBS + "lease",
                Behavior.sequence(
                        Behavior.reply(503, "away", "Retry-After: 1e30"),
                        Behavior.reply(403, "consumer-token is wrong"),
                        Behavior.reset(),
                        Behavior.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx"),
                        Behavior.endlessBody(200),
                        Behavior.reply(200, ""),
                        Behavior.reply(200, "{\"Result\":[{\"ID\":1}]}"),
                        Behavior.reply(200, "{\"Result\":{}}"),
                        Behavior.reply(200, "[".repeat(60_000)),
                        Behavior.reply(200, jobs("r1", "r2")),
                        Behavior.reply(200, EMPTY),
                        Behavior.reply(200, jobs("r1")),
                        Behavior.hang()));
        server.on(
                JOBS + "settle",
                Behavior.sequence(
                        Behavior.reply(503, "away", "Retry-After: 1"),
                        Behavior.reset(),
                        settled("r1", false, "DELIVERED")));

        try (PullLoop loop = pull(time.timing()).start(executor, handled::add)) {
            await().until(() -> server.requests(JOBS + "settle").size() == 3
                    && server.requests(JOBS + "lease").size() == 13);
            server.close();
        }
        assertThat(handled).hasSize(1).allMatch(job -> job.messageId().equals("m") && job.possibleDuplicate());
        assertThat(trouble)
                .allSatisfy(failure -> assertThat(failure.getMessage())
                        .doesNotContain("token", "-token")
                        .doesNotContain("outcome"));
        assertThat(trouble).anyMatch(failure -> failure.getMessage().contains("403 *** is wrong"));
        assertThat(server.requests(JOBS + "settle"))
                .allSatisfy(request -> assertThat(request.text()).isEqualTo("{\"Acks\":[\"r1\"]}"));
    }

    /** A server that does not wait, as one that waits for jobs would. */
    @Test
    void anEmptyAnswerThatComesAtOnceIsFollowedByAPause() {
        server.on(JOBS + "lease", Behavior.reply(200, EMPTY));
        try (PullLoop loop = pull(time.timing()).start(executor, handled::add)) {
            await().until(() -> server.requests(JOBS + "lease").size() > 20);
            assertThat(time.pauses).hasSizeGreaterThanOrEqualTo(20).anyMatch(pause -> pause.toSeconds() >= 7);
        }
        assertThat(trouble).isEmpty();
    }

    @Test
    void aJobThatNobodyTakesIsGivenBack() {
        server.on(JOBS + "lease", Behavior.sequence(Behavior.reply(200, jobs("r1")), Behavior.hang()));
        server.on(JOBS + "settle", settled("r1", true, "QUEUED"));
        Executor full = task -> {
            throw new RejectedExecutionException("full");
        };
        try (PullLoop loop = pull(time.timing()).start(full, handled::add)) {
            await().until(() -> server.requests(JOBS + "settle").size() == 1);
            server.close();
        }
        assertThat(server.requests(JOBS + "settle").get(0).text()).isEqualTo("{\"Releases\":[\"r1\"]}");
        assertThat(trouble).anyMatch(failure -> failure.getMessage().contains("the executor takes no job"));
        assertThat(time.pauses).isNotEmpty();
    }

    @Test
    void anOutcomeThatComesTooLateIsTold() {
        CountDownLatch gate = new CountDownLatch(1);
        server.on(JOBS + "lease", Behavior.sequence(Behavior.reply(200, jobs("r1")), Behavior.hang()));
        server.on(JOBS + "extend", settled("r1", false, "QUEUED"));
        server.on(JOBS + "settle", settled("r1", false, "QUEUED"));
        try (PullLoop loop = pull(Timing.SYSTEM).lease(Duration.ofSeconds(3)).start(executor, job -> gate.await())) {
            await().until(() -> !trouble.isEmpty());
            gate.countDown();
            await().until(() -> server.requests(JOBS + "settle").size() == 1);
            server.close();
        }
        assertThat(trouble.peek()).hasMessageContaining("the lease has ended");
        assertThat(server.requests(JOBS + "extend")).hasSize(1);
        assertThat(server.requests(JOBS + "extend").get(0).text())
                .isEqualTo("{\"Receipts\":[\"r1\"],\"LeaseSeconds\":3}");
    }

    /** The broker is away for longer than the lease: then nobody waits for the outcome any more, and other jobs can be held. */
    @Test
    void anOutcomeThatNobodyTakesUntilTheLeaseEndedIsDropped() {
        server.on(
                JOBS + "lease",
                Behavior.sequence(Behavior.reply(200, jobs("r1")), Behavior.reply(200, jobs("r2")), Behavior.hang()));
        server.on(JOBS + "settle", Behavior.status(503));
        try (PullLoop loop = pull(time.timing()).start(executor, handled::add)) {
            await().until(() -> handled.size() == 2);
            server.close();
        }
        assertThat(trouble).anyMatch(failure -> failure.getMessage().contains("did not take the outcome"));
    }

    @Test
    void closingDoesNotWaitForAHandlerForEver() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        server.on(JOBS + "lease", Behavior.sequence(Behavior.reply(200, jobs("r1")), Behavior.hang()));
        PullLoop loop = pull(Timing.SYSTEM).stopTimeout(Duration.ofMillis(100)).start(executor, job -> {
            begun.countDown();
            never.await();
        });
        begun.await();
        loop.close();
        assertThat(server.requests(JOBS + "settle")).isEmpty();
        await().until(HostilePullTest::noThreadIsLeft);
    }

    @Test
    void aListenerThatThrowsDoesNotEndTheLoop() {
        server.on(
                JOBS + "lease",
                Behavior.sequence(Behavior.status(503), Behavior.reply(200, jobs("r1")), Behavior.hang()));
        server.on(JOBS + "settle", Behavior.sequence(Behavior.status(503), settled("r1", true, "DELIVERED")));
        PullBuilder pull = pull(time.timing()).onTrouble(failure -> {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("as a test of what a listener may do");
        });
        try (PullLoop loop = pull.start(executor, handled::add)) {
            await().until(() -> server.requests(JOBS + "settle").size() == 2);
            server.close();
        }
        assertThat(handled).hasSize(1);
        assertThat(time.pauses).as("after each 503").hasSizeGreaterThanOrEqualTo(2);
    }

    /** Whatever the executor, the handler and the listener throw, and however: the jobs that were not begun are given back. */
    @Test
    void whateverIsThrownAtTheLoopItGoesOn() {
        server.on(
                JOBS + "lease",
                Behavior.sequence(
                        Behavior.reply(200, jobs("r1")),
                        Behavior.reply(200, jobs("r2")),
                        Behavior.reply(200, jobs("r3")),
                        Behavior.reply(200, jobs("r4")),
                        Behavior.reply(200, jobs("r5")),
                        Behavior.reply(200, jobs("r6")),
                        Behavior.hang()));
        server.on(JOBS + "settle", Behavior.reply(200, EMPTY));
        Queue<Throwable> thrown = new ConcurrentLinkedQueue<>(
                List.of(new OutOfMemoryError("unable to create native thread"), new IllegalStateException("shut")));
        Executor odd = task -> {
            Throwable next = thrown.poll();
            if (next instanceof Error error) {
                throw error;
            } else if (next instanceof RuntimeException failure) {
                throw failure;
            }
            task.run();
        };
        PullBuilder pull = pull(time.timing()).onTrouble(failure -> {
            trouble.add(failure);
            Thread.currentThread().interrupt();
            throw new AssertionError("as a test of what a listener may do");
        });
        try (PullLoop loop = pull.start(odd, job -> {
            handled.add(job);
            switch (handled.size()) {
                case 1 -> throw new StackOverflowError();
                case 2 -> throw new Unreadable();
                default -> Thread.currentThread().interrupt();
            }
        })) {
            await().until(() -> server.requests(JOBS + "settle").size() >= 6);
            await().until(() -> server.requests(JOBS + "lease").size() >= 7);
            server.close();
        }
        assertThat(server.requests(JOBS + "settle").stream().map(ReceivedRequest::text))
                .containsExactly(
                        "{\"Releases\":[\"r1\"]}",
                        "{\"Releases\":[\"r2\"]}",
                        "{\"Nacks\":[{\"Receipt\":\"r3\",\"Reason\":\"java.lang.StackOverflowError\"}]}",
                        "{\"Nacks\":[{\"Receipt\":\"r4\",\"Reason\":\"" + Unreadable.class.getName() + "\"}]}",
                        "{\"Acks\":[\"r5\"]}",
                        "{\"Acks\":[\"r6\"]}");
        assertThat(trouble.stream().filter(failure -> failure.getMessage().contains("the executor takes no job")))
                .hasSize(2);
    }

    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("as a test of what an exception may do");
        }
    }

    @Test
    void aLoopOfAClosedClientEnds() {
        PullBuilder pull = pull(time.timing());
        client.close();
        pull.start(executor, handled::add);
        await().until(HostilePullTest::noThreadIsLeft);
        assertThat(trouble).isEmpty();
    }

    private static boolean noThreadIsLeft() {
        return Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().endsWith("k at c"));
    }

    /** All of its jobs would lose an attempt each time. */
    @Test
    void afterAnAnswerThatIsTooLargeItAsksForAsManyAsFit() {
        AtomicInteger job = new AtomicInteger();
        Queue<Integer> limits = new ConcurrentLinkedQueue<>();
        server.on(JOBS + "lease", (request, connection) -> {
            int limit = Integer.parseInt(request.text().replaceAll("\\D*(\\d+).*", "$1"));
            limits.add(limit);
            String[] receipts = Stream.generate(() -> "r" + job.incrementAndGet())
                    .limit(limit)
                    .toArray(String[]::new);
            Behavior.reply(200, jobs(receipts).replace("\"x\"", "\"" + "x".repeat(10_000) + "\""))
                    .answer(request, connection);
        });
        server.on(JOBS + "settle", Behavior.reply(200, EMPTY));
        try (PullLoop loop = pull(time.timing()).concurrency(8).start(executor, handled::add)) {
            await().until(() -> handled.size() > 20);
        }
        assertThat(limits.stream().limit(2)).containsExactly(8, 1);
        assertThat(limits.stream().skip(1)).allMatch(limit -> limit <= 3).contains(2, 3);
    }

    @Test
    void whileOutcomesAreRefusedTheLeasesOfRunningHandlersAreExtended() {
        CountDownLatch gate = new CountDownLatch(1);
        server.on(JOBS + "lease", Behavior.sequence(Behavior.reply(200, jobs("r1", "r2")), Behavior.hang()));
        server.on(JOBS + "settle", Behavior.reply(503, "", "Retry-After: 30"));
        server.on(JOBS + "extend", Behavior.reply(200, EMPTY));
        try (PullLoop loop = pull(time.timing())
                .concurrency(2)
                .lease(Duration.ofSeconds(3))
                .start(executor, job -> {
                    handled.add(job);
                    if (job.id().equals("j-r2")) {
                        gate.await();
                    }
                })) {
            await().until(() ->
                    trouble.stream().anyMatch(failure -> failure.getMessage().contains("did not take")));
            gate.countDown();
            server.close();
        }
        // Two pauses of half a second are a third of the lease; then the lease comes first.
        assertThat(server.requests().stream()
                        .map(ReceivedRequest::path)
                        .filter(path -> !path.endsWith("lease"))
                        .limit(4))
                .containsExactly(JOBS + "settle", JOBS + "settle", JOBS + "extend", JOBS + "settle");
        assertThat(time.pauses.get(0)).isLessThan(Duration.ofMillis(700));
    }

    @Test
    void settingsHaveBounds() {
        PullBuilder pull = pull(time.timing());
        assertThatThrownBy(() -> pull.concurrency(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pull.concurrency(1001)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pull.lease(Duration.ofSeconds(2))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pull.lease(Duration.ofHours(13))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pull.longestWait(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pull.stopTimeout(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pull.largestAnswer(1)).isInstanceOf(IllegalArgumentException.class);
    }
}
