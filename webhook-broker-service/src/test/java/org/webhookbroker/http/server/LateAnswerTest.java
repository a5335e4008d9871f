package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/**
 * A request that Jersey has ended is not ended again. Jetty uses its objects for the next request of the connection, and a thread that
 * is held up within {@code complete} would end that one, with an empty 200. That window is inside Jetty and cannot be forced from here,
 * so this asserts that nobody enters it.
 */
@Tag("G1")
final class LateAnswerTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Late late = new Late();

    @Test
    void aRequestIsEndedOnce() throws Exception {
        try (LocalBroker broker = LocalBroker.on(mariaDb).serving(List.of(late)).start()) {
            assertThat(broker.client().get("/late/answered").body()).isEqualTo("answer");
            assertThat(broker.client().get("/late/failed").status()).isEqualTo(418);

            assertThat(late.answered.get(30, TimeUnit.SECONDS)).isZero();
            assertThat(late.failed.get(30, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    @Tag("G8")
    void aTaskIsRunThoughItsRequestIsOverAndTheAnswerDoesNothing() throws Exception {
        try (LocalBroker broker = LocalBroker.on(mariaDb).serving(List.of(late)).start()) {
            assertThat(broker.client().get("/late/over").body()).isEmpty();
            LateAnswer answer = late.over.get(30, TimeUnit.SECONDS);
            await().until(answer::isOver);

            CompletableFuture<Void> run = new CompletableFuture<>();
            answer.onServerThread(() -> run.complete(null));
            run.get(30, TimeUnit.SECONDS);
            answer.give("answer");
            answer.fail(Refusal.of(418, "no"));
            assertThat(answer.response().isSuspended()).isTrue();
        }
    }

    /** It would be dropped by {@code AsyncContext.start}. */
    @Test
    @Tag("G8")
    void aTaskIsRunThoughItsRequestEndsWhileItIsQueued() throws Exception {
        try (LocalBroker broker = LocalBroker.on(mariaDb).serving(List.of(late)).start("server.maxThreads=24")) {
            broker.client().get("/late/queued");
            late.queued.get(30, TimeUnit.SECONDS);
        }
    }

    /** Jetty throws at that moment, whoever asks. Then somebody else has ended it, or does. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aRequestThatEndsMeanwhileIsLeftAlone(int looksBefore) {
        AtomicInteger looks = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        HttpServletRequest request = proxy(HttpServletRequest.class, name -> null);
        AsyncContext context = proxy(AsyncContext.class, name -> switch (name) {
            case "getRequest" -> {
                if (looks.getAndIncrement() >= looksBefore) {
                    throw new NullPointerException("getAsyncContextEvent() is null");
                }
                yield request;
            }
            case "complete" -> ended.incrementAndGet();
            default -> null;
        });
        AsyncResponse response = proxy(AsyncResponse.class, name -> name.equals("resume"));
        LateAnswer answer = new LateAnswer(response, context, Runnable::run);

        answer.give("answer");
        answer.fail(Refusal.of(418, "no"));
        answer.holds("memory");
        answer.reclaim("memory");
        assertThat(answer.isOver()).isTrue();
        assertThat(ended).hasValue(0);
    }

    private static <T> T proxy(Class<T> type, Function<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answers.apply(method.getName())));
    }

    /** How often each request was ended by us when its answer had been given. */
    @Path("/late")
    public static final class Late {
        private final CompletableFuture<Integer> answered = new CompletableFuture<>();
        private final CompletableFuture<Integer> failed = new CompletableFuture<>();
        private final CompletableFuture<LateAnswer> over = new CompletableFuture<>();
        private final CompletableFuture<Void> queued = new CompletableFuture<>();

        @GET
        @Path("over")
        public void over(@Context HttpServletRequest request, @Suspended AsyncResponse response) {
            LateAnswer answer = new LateAnswer(response, request.getAsyncContext());
            answer.context().complete();
            over.complete(answer);
        }

        /** More tasks than threads, which wait until the request is over: the last of them is queued before that. */
        @GET
        @Path("queued")
        public void queued(@Context HttpServletRequest request, @Suspended AsyncResponse response) {
            LateAnswer answer = new LateAnswer(response, request.getAsyncContext());
            CountDownLatch tasks = new CountDownLatch(100);
            for (int i = 0; i < 100; i++) {
                answer.onServerThread(() -> {
                    await().until(answer::isOver);
                    tasks.countDown();
                    if (tasks.getCount() == 0) {
                        queued.complete(null);
                    }
                });
            }
            answer.context().complete();
        }

        @GET
        @Path("answered")
        public void answered(@Context HttpServletRequest request, @Suspended AsyncResponse response) {
            Ends ends = new Ends(request.getAsyncContext());
            new LateAnswer(response, ends.context()).give("answer");
            answered.complete(ends.count);
        }

        @GET
        @Path("failed")
        public void failed(@Context HttpServletRequest request, @Suspended AsyncResponse response) {
            Ends ends = new Ends(request.getAsyncContext());
            new LateAnswer(response, ends.context()).fail(Refusal.of(418, "no"));
            failed.complete(ends.count);
        }
    }

    private static final class Ends {
        private final AsyncContext real;
        private int count;

        Ends(AsyncContext real) {
            this.real = real;
        }

        AsyncContext context() {
            return (AsyncContext) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {AsyncContext.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("complete")) {
                            count++;
                            return null;
                        }
                        return method.invoke(real, arguments);
                    });
        }
    }
}
