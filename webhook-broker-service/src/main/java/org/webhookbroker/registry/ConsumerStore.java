package org.webhookbroker.registry;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.audit.Deed;
import org.webhookbroker.audit.Operation;
import org.webhookbroker.audit.Target;
import org.webhookbroker.audit.Who;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.PageRequest;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.Removal.Outcome;

/** Consumers of a channel. Thread-safe. */
public final class ConsumerStore {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerStore.class);

    private final Database database;
    private final RegistryWriter writer;
    private final ConsumerJobs jobs;

    public ConsumerStore(Database database, RegistryWriter writer, ConsumerJobs jobs) {
        this.database = database;
        this.writer = writer;
        this.jobs = jobs;
    }

    public PutResult<Consumer> put(ConsumerValues values, UpdateCondition condition, Deed deed) {
        return writer.put(condition, new ConsumerRow(values), deed);
    }

    public Optional<Consumer> find(Channel channel, String publicId) {
        return database.withHandle(handle -> find(handle, channel, publicId, Unreadable.REFUSED));
    }

    /** For a list, which shows no secrets. */
    public List<Consumer> page(Channel channel, PageRequest page) {
        return database.withHandle(handle -> page.select(
                handle.createQuery(ConsumerRow.SELECT + """
                        WHERE channel_id = :channelId AND <page>
                        """).bind("channelId", channel.id()),
                (row, context) -> ConsumerRow.read(row, channel, context, Unreadable.UNASKED)));
    }

    /**
     * Removes a consumer, readable or not.
     *
     * @param force whether to end its jobs, which may be millions; otherwise a consumer that has jobs stays
     * @param timeLeft asked after each batch of jobs; once it is false the consumer stays, with the jobs that are left
     */
    public Removal remove(
            Channel channel,
            String publicId,
            UpdateCondition condition,
            boolean force,
            BooleanSupplier timeLeft,
            Who who) {
        Removal seen = database.withHandle(
                handle -> judge(handle, find(handle, channel, publicId, Unreadable.UNASKED), condition, force));
        if (seen.outcome() != Outcome.REMOVED) {
            return seen;
        }
        Operation ending = writer.endingJobs(Target.consumer(channel.publicId(), publicId), who);
        boolean removed = false;
        try {
            while (force && endSome(channel, publicId, condition, ending) >= ConsumerJobs.BATCH) {
                LOG.debug("Ending jobs of consumer {}, which is to be removed", publicId);
                if (!timeLeft.getAsBoolean()) {
                    return Removal.of(Outcome.JOBS_LEFT);
                }
            }
            Removal removal = removeAtOnce(channel, publicId, condition, force, ending);
            removed = removal.outcome() == Outcome.REMOVED;
            return removal;
        } finally {
            ending.end(removed);
        }
    }

    private Removal removeAtOnce(
            Channel channel, String publicId, UpdateCondition condition, boolean force, Operation ending) {
        return writer.change(
                (locked, wait) -> lock(locked, channel, publicId, wait, Unreadable.UNASKED), (handle, consumer) -> {
                    Removal removal = judge(handle, consumer, condition, force);
                    if (consumer.isPresent() && removal.outcome() == Outcome.REMOVED) {
                        ending.add(handle, endAll(handle, consumer.get()));
                        delete(handle, consumer.get().id());
                        writer.removed(handle, consumer.get(), ending.who());
                    }
                    return removal;
                });
    }

    /**
     * Ends jobs until two passes in a row find none. No job is added any more, but settlements go on: one of them may
     * requeue a job to a place that the first pass has already read, so only a second pass finds it.
     */
    private long endAll(Handle handle, Consumer consumer) {
        long ended = 0;
        int vain = 0;
        while (vain < 2) {
            int some = jobs.endSome(handle, consumer);
            ended += some;
            vain = some > 0 ? 0 : vain + 1;
        }
        return ended;
    }

    /**
     * Runs before the removal itself, which holds up every broadcast of all channels and so must find few jobs left (G6). The shared lock
     * keeps the judgement true until the transaction ends.
     */
    private int endSome(Channel channel, String publicId, UpdateCondition condition, Operation ending) {
        return database.inTransaction(handle -> {
            RegistryVersion.lock(handle);
            Optional<Consumer> consumer = find(handle, channel, publicId, Unreadable.UNASKED);
            int ended = judge(handle, consumer, condition, true).outcome() == Outcome.REMOVED
                    ? jobs.endSome(handle, consumer.orElseThrow())
                    : 0;
            ending.add(handle, ended);
            return ended;
        });
    }

    private Removal judge(Handle handle, Optional<Consumer> found, UpdateCondition condition, boolean force) {
        if (found.isEmpty()) {
            return Removal.of(Outcome.UNKNOWN);
        }
        Consumer consumer = found.get();
        return switch (condition.against(consumer)) {
            case MISSING -> Removal.of(Outcome.CONDITION_MISSING);
            case OUTDATED -> Removal.of(Outcome.CONDITION_OUTDATED);
            case PASSED -> {
                JobCounts counts = jobs.count(handle, consumer);
                yield new Removal(counts.any() && !force ? Outcome.HAS_JOBS : Outcome.REMOVED, counts);
            }
        };
    }

    private static void delete(Handle handle, Xid id) {
        handle.createUpdate("DELETE FROM consumer WHERE id = :id")
                .bind("id", id)
                .execute();
    }

    static Optional<Consumer> find(Handle handle, Channel channel, String publicId, Unreadable unreadable) {
        return handle.createQuery(ConsumerRow.SELECT + """
                        WHERE channel_id = :channelId AND public_id = :publicId
                        """)
                .bind("channelId", channel.id())
                .bind("publicId", publicId)
                .map((row, context) -> ConsumerRow.read(row, channel, context, unreadable))
                .findOne();
    }

    static Optional<Consumer> lock(
            Handle handle, Channel channel, String publicId, String wait, Unreadable unreadable) {
        return handle.createQuery(ConsumerRow.SELECT + """
                        WHERE channel_id = :channelId AND public_id = :publicId <lock>
                        """)
                .define("lock", "FOR UPDATE " + wait)
                .bind("channelId", channel.id())
                .bind("publicId", publicId)
                .map((row, context) -> ConsumerRow.read(row, channel, context, unreadable))
                .findOne();
    }
}
