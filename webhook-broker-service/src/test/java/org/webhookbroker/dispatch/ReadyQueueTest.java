package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** G11 within one lane. */
@Tag("G11")
class ReadyQueueTest {
    private final ReadyQueue queue = new ReadyQueue();

    @Test
    void higherPriorityGoesFirstAndEqualOnesInOrder() {
        HeldJob low = add(1);
        HeldJob high = add(5);
        HeldJob alsoHigh = add(5);

        assertThat(queue.drain()).containsExactly(high, alsoHigh, low);
        assertThat(queue.poll()).isNull();
    }

    @Test
    void lowPriorityDoesNotStarve() {
        HeldJob low = add(0);
        List<HeldJob> polled = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            add(9);
            HeldJob next = queue.poll();
            if (next != null) {
                polled.add(next);
            }
        }

        assertThat(polled).hasSize(16).contains(low);
        assertThat(polled.indexOf(low)).isEqualTo(7);
    }

    @Test
    void sizeFollows() {
        add(1);
        add(2);
        queue.poll();

        assertThat(queue.size()).isEqualTo(1);
        assertThat(queue.isEmpty()).isFalse();
    }

    private HeldJob add(int priority) {
        HeldJob job = Jobs.job(priority);
        queue.add(job);
        return job;
    }
}
