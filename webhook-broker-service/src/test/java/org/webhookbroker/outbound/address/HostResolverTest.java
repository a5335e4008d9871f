package org.webhookbroker.outbound.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HostResolverTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000); // nanoTime may wrap
    private final AtomicInteger asked = new AtomicInteger();
    private final List<Runnable> waiting = new ArrayList<>();
    private String address = "10.0.0.1";
    private final HostResolver resolver = new HostResolver(this::answer, turns(waiting::add), now::get);

    private InetAddress[] answer(String host) throws UnknownHostException {
        asked.incrementAndGet();
        if (address.isEmpty()) {
            throw new UnknownHostException(host);
        }
        return new InetAddress[] {InetAddress.getByName(address)};
    }

    @Test
    void oneQuestionAtATime() {
        CompletableFuture<List<InetAddress>> first = resolver.lookup("a.test");
        CompletableFuture<List<InetAddress>> second = resolver.lookup("a.test");
        assertThat(first).isNotDone();

        runAll();

        assertThat(asked).hasValue(1);
        assertThat(first.join()).hasToString("[/10.0.0.1]");
        assertThat(second.join()).isEqualTo(first.join());
    }

    @Test
    void answerIsKeptForItsTimeAndServesConnectsUntilTheNext() throws Exception {
        ask("a.test");
        now.addAndGet(HostResolver.ANSWER_TTL.toNanos() - 1);
        assertThat(resolver.lookup("a.test")).isDone();
        now.addAndGet(1);
        address = "10.0.0.2";
        assertThat(resolver.lookup("a.test")).isNotDone();
        assertThat(resolver.resolve("a.test", 80)).containsExactly(new InetSocketAddress("10.0.0.1", 80));

        runAll();

        assertThat(resolver.resolve("a.test", 80)).containsExactly(new InetSocketAddress("10.0.0.2", 80));
        assertThat(resolver.resolve("a.test")).hasSize(1);
    }

    @Test
    void failureIsKeptForAShorterTime() {
        address = "";
        ask("a.test");
        assertThat(resolver.lookup("a.test")).isCompletedExceptionally();
        assertThatThrownBy(() -> resolver.resolve("a.test", 80)).isInstanceOf(UnknownHostException.class);
        assertThat(asked).hasValue(1);

        now.addAndGet(HostResolver.FAILURE_TTL.toNanos());

        assertThat(resolver.lookup("a.test")).isNotDone();
    }

    @Test
    void literalNeedsNoLookupAndNoThread() throws Exception {
        assertThat(resolver.lookup("10.1.2.3")).isCompletedWithValueMatching(list -> list.size() == 1);
        assertThat(resolver.lookup("::1")).isCompletedWithValueMatching(list -> list.size() == 1);
        assertThat(resolver.resolve("10.1.2.3", 80)).containsExactly(new InetSocketAddress("10.1.2.3", 80));
        assertThat(waiting).isEmpty();
    }

    @Test
    void hostNeverAskedForIsUnknown() {
        assertThatThrownBy(() -> resolver.resolve("other.test", 80)).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void fullExecutorIsAFailureNotAnException() {
        HostResolver full = new HostResolver(
                this::answer,
                turns(task -> {
                    throw new RejectedExecutionException();
                }),
                now::get);

        assertThat(full.lookup("a.test")).isCompletedExceptionally();
    }

    @Test
    void aQuestionThatLosesItsPlaceInTheLineIsAFailure() {
        HostResolver slow = new HostResolver(
                host -> {
                    now.addAndGet(HostResolver.PATIENCE.toNanos());
                    throw new UnknownHostException(host);
                },
                turns(waiting::add),
                now::get);
        List<CompletableFuture<List<InetAddress>>> questions = IntStream.range(0, 200)
                .mapToObj(i -> slow.lookup("a" + i + ".evil.test"))
                .toList();

        waiting.get(0).run();

        int left = LookupTurns.OF_DOMAIN + LookupTurns.MAX_WAITING_OF_SLOW;
        assertThat(questions.subList(1, left)).noneMatch(CompletableFuture::isDone);
        assertThat(questions.subList(left, 200)).allMatch(CompletableFuture::isCompletedExceptionally);
    }

    /** G6: the look-ups of dead domains may take all threads; those whose address is known go on. */
    @Test
    void anOldAnswerServesForAWhileWhenTheNextOneIsSlow() {
        ask("a.test");
        now.addAndGet(HostResolver.ANSWER_TTL.toNanos());
        CompletableFuture<List<InetAddress>> patient = resolver.lookup("a.test");
        assertThat(patient).isNotDone();

        now.addAndGet(HostResolver.PATIENCE.toNanos());
        assertThat(resolver.lookup("a.test")).isCompletedWithValueMatching(list -> list.size() == 1);
        await().until(patient::isDone);
        assertThat(patient.join()).hasToString("[/10.0.0.1]");

        now.addAndGet(HostResolver.STALE_TTL.toNanos());
        assertThat(resolver.lookup("a.test")).as("too old").isNotDone();
        address = "10.0.0.2";
        runAll();
        assertThat(resolver.lookup("a.test").join()).hasToString("[/10.0.0.2]");
        assertThat(asked).hasValue(2);
    }

    /** What is unknown since is not served from memory. */
    @Test
    void aFailureOutranksAnOldAnswer() {
        ask("a.test");
        now.addAndGet(HostResolver.ANSWER_TTL.toNanos());
        CompletableFuture<List<InetAddress>> next = resolver.lookup("a.test");
        address = "";
        runAll();

        assertThat(next).isCompletedExceptionally();
        now.addAndGet(HostResolver.FAILURE_TTL.toNanos() + HostResolver.PATIENCE.toNanos());
        assertThat(resolver.lookup("a.test")).isNotDone();
    }

    @Test
    void anOldAnswerServesForAWhileWhenNobodyCanBeAsked() {
        AtomicBoolean full = new AtomicBoolean();
        HostResolver swamped = new HostResolver(
                this::answer,
                turns(task -> {
                    if (full.get()) {
                        throw new RejectedExecutionException();
                    }
                    task.run();
                }),
                now::get);
        assertThat(swamped.lookup("a.test")).isCompleted();
        full.set(true);
        now.addAndGet(HostResolver.ANSWER_TTL.toNanos());
        assertThat(swamped.lookup("a.test")).isCompleted();
        now.addAndGet(HostResolver.STALE_TTL.toNanos() - 1);
        assertThat(swamped.lookup("a.test")).isCompleted();

        now.addAndGet(HostResolver.FAILURE_TTL.toNanos());

        assertThat(swamped.lookup("a.test")).isCompletedExceptionally();
    }

    private LookupTurns turns(Executor executor) {
        return new LookupTurns(64, executor, now::get);
    }

    private void ask(String host) {
        assertThat(resolver.lookup(host)).isNotDone();
        runAll();
    }

    private void runAll() {
        waiting.forEach(Runnable::run);
        waiting.clear();
    }
}
