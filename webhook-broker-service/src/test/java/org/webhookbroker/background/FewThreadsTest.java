package org.webhookbroker.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class FewThreadsTest {
    /** Threads that were asked for and do not run yet. */
    private final Queue<Runnable> woken = new ArrayDeque<>();

    private final List<Integer> done = new ArrayList<>();

    @Test
    void tasksOfOneMomentShareAThread() {
        FewThreads few = new FewThreads(woken::add, 4);
        IntStream.range(0, 20).forEach(i -> few.execute(() -> done.add(i)));

        assertThat(woken).hasSize(1);
        woken.remove().run();
        assertThat(done)
                .containsExactlyElementsOf(IntStream.range(0, 20).boxed().toList());
        few.execute(() -> done.add(20));
        assertThat(woken).as("once all were done").hasSize(1);
    }

    @Test
    void manyTasksGetMoreThreadsAndNoneMoreThanThereMayBe() {
        FewThreads few = new FewThreads(woken::add, 3);
        IntStream.range(0, 1000).forEach(i -> few.execute(() -> done.add(i)));

        assertThat(woken).hasSize(3);
        woken.forEach(Runnable::run);
        assertThat(done).hasSize(1000);
    }

    @Test
    void aTaskThatFailsEndsNoOther() {
        FewThreads few = new FewThreads(woken::add, 1);
        few.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        few.execute(() -> {
            throw new AssertionError("on purpose");
        });
        few.execute(() -> done.add(1));

        woken.remove().run();
        assertThat(done).containsExactly(1);
        few.execute(() -> done.add(2));
        assertThat(woken).as("the thread that ended is not counted any more").hasSize(1);
    }

    /** Whoever brings it finds a thread that still runs, and wakes none. */
    @Test
    @Tag("G9")
    void whatComesAfterTheLastLookOfAThreadIsRunByIt() {
        AtomicReference<Runnable> late = new AtomicReference<>();
        FewThreads few = new FewThreads(woken::add, 1, new ArrayDeque<>() {
            @Override
            public Runnable poll() {
                Runnable next = super.poll();
                Runnable comes = next == null ? late.getAndSet(null) : null;
                if (comes != null) {
                    comes.run();
                }
                return next;
            }
        });
        late.set(() -> few.execute(() -> done.add(2)));
        few.execute(() -> done.add(1));

        woken.remove().run();
        assertThat(done).containsExactly(1, 2);
        assertThat(woken).isEmpty();
    }

    @Test
    @Tag("G8")
    void whereThereIsNoThreadAnyMoreTheTaskIsRunAllTheSame() {
        FewThreads few = new FewThreads(
                task -> {
                    throw new RejectedExecutionException("stopping");
                },
                2);
        few.execute(() -> done.add(1));
        few.execute(() -> done.add(2));

        assertThat(done).containsExactly(1, 2);
    }

    @Test
    @Tag("G9")
    void noTaskIsForgottenThatComesWhileAThreadEnds() {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            FewThreads few = new FewThreads(threads, 2);
            AtomicInteger run = new AtomicInteger();
            List<CompletableFuture<Void>> senders = IntStream.range(0, 3)
                    .mapToObj(sender -> CompletableFuture.runAsync(() -> {
                        for (int i = 0; i < 20_000; i++) {
                            few.execute(run::incrementAndGet);
                        }
                    }))
                    .toList();
            senders.forEach(CompletableFuture::join);

            await().until(() -> run.get() == 60_000);
        } finally {
            threads.shutdownNow();
        }
    }
}
