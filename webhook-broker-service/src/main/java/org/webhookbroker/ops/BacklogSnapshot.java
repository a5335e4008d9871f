package org.webhookbroker.ops;

import java.time.Duration;
import java.util.List;
import org.webhookbroker.job.TallyStore.Totals;
import org.webhookbroker.registry.Consumer;

/**
 * How all consumers stood some seconds ago.
 *
 * @param consumers those that ever had a job
 */
record Figures(List<ConsumerFigures> consumers) {
    static final Figures NONE = new Figures(List.of());

    /**
     * @param waited how long its oldest queued job has been due; zero when none is
     * @param unmoved how long nothing has happened to its jobs: none was in flight, none ended, none was leased
     */
    record ConsumerFigures(Consumer consumer, Totals totals, Duration waited, Duration unmoved) {}
}
