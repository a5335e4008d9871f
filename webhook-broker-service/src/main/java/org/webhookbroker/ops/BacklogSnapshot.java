package org.webhookbroker.ops;

import java.time.Duration;
import java.util.List;
import org.webhookbroker.job.TallyStore.Totals;
import org.webhookbroker.registry.Consumer;

/**
 * The backlog of each consumer, as read some seconds ago.
 *
 * @param consumers those that ever had a job
 */
record BacklogSnapshot(List<ConsumerBacklog> consumers) {
    static final BacklogSnapshot NONE = new BacklogSnapshot(List.of());

    /**
     * @param waited how long its oldest queued job has been due; zero when none is
     * @param oldest how long ago its oldest undelivered job was made, in flight or not; zero when there is none
     * @param unmoved how long nothing has happened to its jobs: none was in flight, none ended, none was leased
     */
    record ConsumerBacklog(Consumer consumer, Totals totals, Duration waited, Duration oldest, Duration unmoved) {}
}
