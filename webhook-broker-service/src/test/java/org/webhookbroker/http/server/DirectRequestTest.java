package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Http2Frames;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/** What is answered beside Jersey has the answers that Jersey gives, once, and waits for nothing that Jersey serves. */
final class DirectRequestTest {
    /** Of Jersey: holds its thread. */
    @Path("/waiting")
    public static final class Waiting {
        final CountDownLatch reached = new CountDownLatch(REQUESTS);
        final CountDownLatch over = new CountDownLatch(1);

        @GET
        public String get() throws InterruptedException {
            reached.countDown();
            over.await();
            return "over";
        }
    }

    @Path("/direct/{what}")
    public static final class Direct implements DirectRequest.Resource {
        @Override
        @GET
        public void answer(DirectRequest request) {
            switch (request.parameter("what")) {
                case "fails" -> throw new IllegalStateException("on purpose");
                case "fails later" ->
                    request.onServerThread(() -> request.fail(new IllegalStateException("on purpose")));
                case "refuses" -> throw Refusal.tooMany("not now", 7);
                case "twice" -> {
                    request.created("/given");
                    request.created("/another");
                    request.fail(Refusal.notFound());
                }
                case "waits" -> waits.complete(request);
                default -> request.soon(() -> request.created("/later"));
            }
        }
    }

    private static final int REQUESTS = 8;

    private static final CompletableFuture<DirectRequest> waits = new CompletableFuture<>();

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final Waiting waiting = new Waiting();
    private static LocalBroker broker;

    @BeforeAll
    static void start() {
        broker = LocalBroker.on(mariaDb).serving(List.of(new Direct(), waiting)).start("server.maxThreads=24");
    }

    @AfterAll
    static void stop() {
        waiting.over.countDown();
        broker.close();
    }

    @Test
    void aFailureIsAnsweredAsJerseyDoes() {
        for (String when : new String[] {"fails", "fails%20later"}) {
            Answer failed = broker.client().get("/direct/" + when);
            assertThat(failed.status()).isEqualTo(500);
            assertThat(failed.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
            assertThat(failed.body())
                    .isEqualTo("Internal Server Error; the log has the cause under request id "
                            + failed.header("X-Request-ID"));
        }
        Answer refused = broker.client().get("/direct/refuses");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("7");
        assertThat(refused.body()).isEqualTo("not now");
    }

    @Test
    @Tag("G1")
    void itIsAnsweredOnce() {
        for (int i = 0; i < 3; i++) {
            Answer answer = broker.client().get("/direct/twice");
            assertThat(answer.status()).isEqualTo(201);
            assertThat(answer.header("Location")).isEqualTo("/given");
            assertThat(answer.body()).isEmpty();
        }
    }

    @Test
    @Tag("G8")
    void aResetOfItsStreamEndsIt() throws Exception {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
            int whole = Http2Frames.END_STREAM | Http2Frames.END_HEADERS;
            client.getOutputStream()
                    .write(Http2Frames.preface()
                            .frame(Http2Frames.SETTINGS, 0, 0, new byte[0])
                            .frame(Http2Frames.HEADERS, whole, 1, Http2Frames.head(false, "/direct/waits"))
                            .bytes());
            DirectRequest request = waits.get(30, TimeUnit.SECONDS);
            assertThat(request.isOver()).isFalse();

            client.getOutputStream()
                    .write(Http2Frames.empty()
                            .frame(Http2Frames.RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8})
                            .bytes());
            await().until(request::isOver);
            request.created("/nobody");
        }
    }

    /** More than there are threads that find what has arrived. */
    @Test
    @Tag("G6")
    void itDoesNotWaitForWhatJerseyServes() throws InterruptedException {
        List<CompletableFuture<Answer>> others = IntStream.range(0, REQUESTS)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> broker.client().get("/waiting"), task -> new Thread(task).start()))
                .toList();
        assertThat(waiting.reached.await(30, TimeUnit.SECONDS)).isTrue();

        assertThat(broker.client().get("/direct/later").status()).isEqualTo(201);
        assertThat(others).noneMatch(CompletableFuture::isDone);
        waiting.over.countDown();
        others.forEach(answer -> assertThat(answer.join().body()).isEqualTo("over"));
    }
}
