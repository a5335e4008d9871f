package org.webhookbroker.pull;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeaseStore.Choice;
import org.webhookbroker.job.PullJob;
import org.webhookbroker.job.PullLeaseStore;
import org.webhookbroker.job.PullQueueStore;
import org.webhookbroker.job.PullQueueStore.Waiting;
import org.webhookbroker.message.Message;
import org.webhookbroker.message.MessageStore;
import org.webhookbroker.pull.PulledJobs.PulledJob;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.Registry;

/** How pull consumers get their jobs: by looking, or by leasing many at once. Thread-safe. */
public final class PullQueue {
    private final Database database;
    private final Registry registry;
    private final AnswerMemory memory;
    private final PullMetrics metrics;
    private final PullQueueStore queue = new PullQueueStore();
    private final PullLeaseStore leases = new PullLeaseStore();
    private final MessageStore messages = new MessageStore();

    PullQueue(Database database, Registry registry, AnswerMemory memory, PullMetrics metrics) {
        this.database = database;
        this.registry = registry;
        this.memory = memory;
        this.metrics = metrics;
    }

    /** Reserves nothing: two readers see the same jobs. */
    public PulledJobs look(Consumer consumer, int limit) {
        return answer(share -> {
            List<Waiting> waiting = database.withHandle(handle -> queue.first(handle, consumer.id(), limit)).stream()
                    .takeWhile(job -> share.add(job.size()))
                    .toList();
            Map<Xid, Message> read =
                    read(waiting.stream().map(Waiting::messageId).toList());
            return waiting.stream().flatMap(job -> pulled(job, read)).toList();
        });
    }

    /**
     * Takes up to {@code limit} jobs, which nobody else gets for {@code length}. None once the consumer is no pull consumer any
     * more. A failure after the commit leaves leases that nobody knows, and whose time brings them back.
     */
    public PulledJobs lease(Consumer consumer, int limit, Duration length) {
        return answer(share -> {
            List<PullJob> taken = database.inTransaction(handle -> {
                share.close(); // What a first run of the transaction took.
                boolean pulls = registry.lock(handle)
                        .consumer(consumer.id())
                        .filter(found -> found.type() == ConsumerType.PULL)
                        .isPresent();
                return pulls
                        ? leases.lease(
                                handle,
                                consumer.id(),
                                limit,
                                length,
                                job -> share.add(job.size()) ? Choice.TAKE : Choice.STOP)
                        : List.of();
            });
            metrics.count(PullMetrics.Event.LEASED, taken.size());
            Map<Xid, Message> read =
                    read(taken.stream().map(job -> job.job().messageId()).toList());
            return taken.stream().flatMap(job -> pulled(job, read)).toList();
        });
    }

    private PulledJobs answer(Function<AnswerMemory.Share, List<PulledJob>> reading) {
        AnswerMemory.Share share = memory.share();
        try {
            return new PulledJobs(reading.apply(share), share);
        } catch (Throwable failure) {
            share.close();
            throw failure;
        }
    }

    private Map<Xid, Message> read(Collection<Xid> ids) {
        return database.withHandle(handle -> messages.byIds(handle, ids));
    }

    private static Stream<PulledJob> pulled(Waiting job, Map<Xid, Message> read) {
        return Optional.ofNullable(read.get(job.messageId()))
                .map(message -> new PulledJob(job.id(), job.priority(), job.timeout(), message, Optional.empty()))
                .stream();
    }

    private static Stream<PulledJob> pulled(PullJob job, Map<Xid, Message> read) {
        return Optional.ofNullable(read.get(job.job().messageId()))
                .map(message -> new PulledJob(job.id(), job.job().priority(), job.timeout(), message, Optional.of(job)))
                .stream();
    }
}
