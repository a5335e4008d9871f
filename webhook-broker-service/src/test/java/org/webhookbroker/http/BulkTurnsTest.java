package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class BulkTurnsTest {
    private final BulkTurns turns = new BulkTurns(Duration.ofMinutes(1));

    @Test
    void aFifthAtOnceIsRefusedUntilOneOfTheFourIsDone() throws Exception {
        CountDownLatch begun = new CountDownLatch(4);
        CountDownLatch end = new CountDownLatch(1);
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try {
            List<Future<Optional<Long>>> running = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                running.add(executor.submit(() -> turns.take(timeLeft -> {
                    begun.countDown();
                    await(end);
                    return 1L;
                })));
            }
            begun.await();

            assertThat(turns.take(timeLeft -> 1L)).isEmpty();

            end.countDown();
            for (Future<Optional<Long>> each : running) {
                assertThat(each.get()).contains(1L);
            }
            assertThat(turns.take(timeLeft -> 1L)).contains(1L);
        } finally {
            end.countDown();
            executor.shutdown();
        }
    }

    @Test
    void whatFailsGivesItsTurnBack() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> turns.take(timeLeft -> {
                        throw new IllegalStateException("the database is gone");
                    }));
        }
        assertThat(turns.take(timeLeft -> 1L)).contains(1L);
    }

    @Test
    void tellsWhetherThereIsTimeLeft() throws Exception {
        assertThat(turns.take(BooleanSupplier::getAsBoolean)).contains(true);
        assertThat(new BulkTurns(Duration.ZERO).take(BooleanSupplier::getAsBoolean))
                .contains(false);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
