package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Components;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.webhookbroker.background.ByteBudget;

@Tag("G6")
@Tag("G8")
final class AwaitedBodiesTest {
    private static final int FULL = 32 << 10;

    private final Scheduler scheduler = new ScheduledExecutorScheduler();
    private final ByteBudget budget = ByteBudget.of(FULL);
    private final Pace anyPace = new Pace(Duration.ofMinutes(1), 1);
    private final AwaitedBodies bodies = new AwaitedBodies(budget, anyPace, anyPace);

    @BeforeEach
    void start() throws Exception {
        scheduler.start();
    }

    @AfterEach
    void stop() throws Exception {
        scheduler.stop();
    }

    /** Each of them is what the other would end, were it not read at this very moment. */
    @Test
    void twoThatAreReadAtOnceAndFindNoRoomDoNotWaitForEachOther() {
        Sender one = new Sender();
        Sender other = new Sender();
        long behind = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(600);
        await().until(() -> System.nanoTime() - behind > 0);
        budget.tryReserve(FULL, used -> true);

        CyclicBarrier bothRead = new CyclicBarrier(2);
        List<CompletableFuture<Void>> reads = List.of(one.sends(bothRead), other.sends(bothRead));

        assertThat(reads).allSatisfy(read -> assertThat(read).succeedsWithin(Duration.ofSeconds(30)));
        assertThat(List.of(one, other))
                .allSatisfy(each -> assertThat(each.trouble)
                        .succeedsWithin(Duration.ofSeconds(30))
                        .isEqualTo(BodyTrouble.NO_ROOM));
    }

    /** The thread that writes such a refusal had no request before. */
    @Test
    void aRefusalApartHasTheIdOfItsRequestInTheLog() {
        Sender silent = new Sender(new AwaitedBodies(budget, new Pace(Duration.ofMillis(1), 1), anyPace));

        assertThat(silent.trouble).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(BodyTrouble.TOO_SLOW);
        assertThat(silent.idInLog).isEqualTo("the-id");
        assertThat(MDC.get(RequestId.NAME)).isNull();
    }

    /** A request whose body comes in pieces. */
    private final class Sender implements BodyReceiver {
        final CompletableFuture<BodyTrouble> trouble = new CompletableFuture<>();
        private CyclicBarrier reads;
        private Runnable wanted;
        private volatile String idInLog;

        Sender() {
            this(bodies);
        }

        Sender(AwaitedBodies itsBodies) {
            Request request = (Request) Proxy.newProxyInstance(
                    Request.class.getClassLoader(),
                    new Class<?>[] {Request.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "getLength" -> -1L;
                        case "getAttribute" -> arguments[0].equals(RequestId.NAME) ? "the-id" : null;
                        case "getComponents" -> components();
                        case "read" -> read();
                        case "demand" -> {
                            wanted = (Runnable) arguments[0];
                            yield null;
                        }
                        default -> null;
                    });
            itsBodies.read(request, 1 << 20, this);
            assertThat(wanted).isNotNull();
        }

        private Components components() {
            return (Components) Proxy.newProxyInstance(
                    Components.class.getClassLoader(),
                    new Class<?>[] {Components.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "getScheduler" -> scheduler;
                        case "getExecutor" -> (Executor) task -> new Thread(task, "refuses").start();
                        default -> null;
                    });
        }

        private Content.Chunk read() throws Exception {
            if (reads == null) {
                return null;
            }
            reads.await(30, TimeUnit.SECONDS);
            return Content.Chunk.from(ByteBuffer.allocate(10), false);
        }

        CompletableFuture<Void> sends(CyclicBarrier together) {
            reads = together;
            return CompletableFuture.runAsync(wanted, task -> {
                Thread thread = new Thread(task, "reads");
                thread.setDaemon(true);
                thread.start();
            });
        }

        @Override
        public void whole(BodyBuffer body) {}

        @Override
        public void refused(BodyTrouble why) {
            idInLog = MDC.get(RequestId.NAME);
            trouble.complete(why);
        }

        @Override
        public void failed(Throwable failure) {
            trouble.completeExceptionally(failure);
        }
    }
}
