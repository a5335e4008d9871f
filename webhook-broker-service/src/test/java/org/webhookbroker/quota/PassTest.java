package org.webhookbroker.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

final class PassTest {
    private final Quotas none = new Quotas(null, null, new PrometheusRegistry());

    /** All that a broadcast does with quotas where none is set. */
    private boolean pass() {
        return !none.areSet()
                && Pass.FREE.refusal(1).isEmpty()
                && Pass.FREE.reasonToHold().isEmpty()
                && Pass.FREE.take(1).isEmpty();
    }

    @Test
    void whereNoneIsSetNothingIsAllocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        boolean passed = pass();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100_000; i++) {
            passed &= pass();
            Pass.FREE.end();
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
        assertThat(passed).isTrue();
        assertThat(none.loops()).isEmpty();
    }
}
