package org.webhookbroker.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class XidGeneratorTest {
    private static final int COUNTER = 1 << 24;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final XidGenerator generator = new XidGenerator(() -> now);

    @Test
    void carriesTheSecondOfItsMaking() {
        now = Instant.parse("2026-05-06T07:08:09.999Z");
        assertThat(generator.next().createdAt()).isEqualTo(Instant.parse("2026-05-06T07:08:09Z"));
    }

    @Test
    void growsAlsoWhenTheClockStepsBack() {
        List<Xid> ids = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            now = now.plusSeconds(i % 3 == 0 ? -5 : 1);
            ids.add(generator.block(1 + i % 7));
        }
        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void blocksDoNotOverlap() {
        Xid first = generator.block(10);
        assertThat(generator.next()).isGreaterThan(first.plus(9));
    }

    @Test
    void aBlockStaysWithinOneCounter() {
        for (int i = 0; i < 40; i++) {
            int size = COUNTER / 3;
            Xid first = generator.block(size);
            Xid last = first.plus(size - 1);
            assertThat(last).isGreaterThan(first);
            assertThat(last.bytes()).startsWith(Arrays.copyOf(first.bytes(), 9));
        }
    }

    @Test
    void theLargestBlockFitsAndNoLarger() {
        assertThat(generator.block(COUNTER - 1)).isLessThan(generator.block(COUNTER - 1));
        assertThatThrownBy(() -> generator.block(COUNTER)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> generator.block(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void threadsNeverGetTheSameId() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<List<Xid>>> results = threads.invokeAll(Collections.nCopies(4, this::manyIds));
            Set<Xid> all = new HashSet<>();
            for (Future<List<Xid>> result : results) {
                assertThat(result.get()).isSorted();
                all.addAll(result.get());
            }
            assertThat(all).hasSize(4 * 20_000 * 3);
        } finally {
            threads.shutdownNow();
        }
    }

    private List<Xid> manyIds() {
        List<Xid> ids = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            Xid first = generator.block(3);
            Collections.addAll(ids, first, first.plus(1), first.plus(2));
        }
        return ids;
    }
}
