package org.webhookbroker.pull;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.Pace;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.Failure;
import org.webhookbroker.job.LeaseStore;
import org.webhookbroker.job.LeaseStore.Choice;
import org.webhookbroker.job.LiveJob;
import org.webhookbroker.job.QueueMarks;
import org.webhookbroker.job.SettleStore;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.job.Visit;
import org.webhookbroker.message.Message;
import org.webhookbroker.message.MessageStore;
import org.webhookbroker.pull.PulledJobs.PulledJob;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.Registry;

/** How pull consumers get their jobs: by looking, or by leasing many at once. Thread-safe. */
public final class PullQueue {
    private static final Logger LOG = LoggerFactory.getLogger(PullQueue.class);

    private final Database database;
    private final Registry registry;
    private final Incarnation incarnation;
    private final AnswerMemory memory;
    private final PullMetrics metrics;
    private final PullQueueStore queue = new PullQueueStore();
    private final PullMarks marks;
    private final Pace fullLooks = new Pace(Duration.ofMillis(25), Duration.ofMinutes(1), System::nanoTime);
    private final LeaseStore leases = new LeaseStore();
    private final SettleStore settlements = new SettleStore();
    private final MessageStore messages = new MessageStore();

    PullQueue(
            Database database,
            Registry registry,
            Incarnation incarnation,
            AnswerMemory memory,
            PullMetrics metrics,
            PullMarks marks) {
        this.database = database;
        this.registry = registry;
        this.incarnation = incarnation;
        this.memory = memory;
        this.metrics = metrics;
        this.marks = marks;
    }

    /** Reserves nothing: two readers see the same jobs. */
    public PulledJobs look(Consumer consumer, int limit) {
        return answer(consumer, share -> {
            List<LiveJob> waiting = database.withHandle(handle -> queue.first(handle, consumer.id(), limit)).stream()
                    .takeWhile(job -> share.add(job.size()))
                    .toList();
            return withMessages(waiting, read(waiting));
        });
    }

    /**
     * Takes up to {@code limit} jobs, which nobody else gets for {@code length}. Takes none if the consumer is no longer a pull
     * consumer. After a failure behind the commit nobody knows of the leases, and the jobs come back when these time out.
     */
    public PulledJobs lease(Consumer consumer, int limit, Duration length) {
        return answer(consumer, share -> {
            QueueMarks own = marks.of(consumer.id());
            Visit visit = own.visit(fullLooks);
            List<LiveJob> taken = database.inTransaction(handle -> {
                share.close(); // What a first run of the transaction took.
                boolean pulls = registry.lock(handle)
                        .consumer(consumer.id())
                        .filter(found -> found.type() == ConsumerType.PULL)
                        .isPresent();
                return pulls
                        ? leases.lease(
                                handle,
                                consumer.id(),
                                length,
                                limit,
                                job -> share.add(job.size()) ? Choice.TAKE : Choice.STOP,
                                visit)
                        : List.of();
            });
            own.looked(visit);
            metrics.count(PullMetrics.Event.LEASED, taken.size());
            Map<Xid, Message> read = read(taken);
            buryLost(
                    consumer,
                    taken.stream()
                            .filter(job -> !read.containsKey(job.messageId()))
                            .toList());
            return withMessages(taken, read);
        });
    }

    private PulledJobs answer(Consumer consumer, Function<AnswerMemory.Share, List<PulledJob>> reading) {
        AnswerMemory.Share share = memory.share(consumer.id());
        try {
            return new PulledJobs(reading.apply(share), share);
        } catch (Throwable failure) {
            share.close();
            throw failure;
        }
    }

    private Map<Xid, Message> read(List<LiveJob> jobs) {
        List<Xid> ids = jobs.stream().map(LiveJob::messageId).distinct().toList();
        return database.withHandle(handle -> messages.byIds(handle, ids));
    }

    private static List<PulledJob> withMessages(List<LiveJob> jobs, Map<Xid, Message> messages) {
        return jobs.stream()
                .flatMap(job ->
                        Stream.ofNullable(messages.get(job.messageId())).map(message -> new PulledJob(job, message)))
                .toList();
    }

    /** Jobs that were leased and have no message: no consumer can ever get them, and so they end as those of push consumers do. */
    private void buryLost(Consumer consumer, List<LiveJob> lost) {
        if (lost.isEmpty()) {
            return;
        }
        Failure failure = Failure.messageMissing(consumer);
        List<Settlement> deaths = lost.stream()
                .<Settlement>map(job -> new Settlement.Dead(job.leased(), failure))
                .toList();
        try {
            SettleStore.Settled settled = database.inTransaction(
                    handle -> settlements.settle(handle, LiveJob.PULL_HOLDER, incarnation.lock(handle), deaths));
            metrics.count(PullMetrics.Event.DEAD, settled.dead());
        } catch (RuntimeException trouble) { // The others are leased; these come again when their time is over.
            LOG.warn("Cannot bury {} jobs of consumer {} without a message", lost.size(), consumer.id(), trouble);
        }
    }
}
