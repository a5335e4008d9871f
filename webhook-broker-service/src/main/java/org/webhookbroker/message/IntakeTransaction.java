package org.webhookbroker.message;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.UncertainCommitException;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.JobStore;
import org.webhookbroker.job.NewJob;
import org.webhookbroker.job.Tally;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;

/**
 * Writes a group of messages with their jobs and counters: all of it or nothing (G1). It takes two shared locks, in this order: of the
 * registry's version, so that the fan-out is exact (G3), and of our incarnation, so that no job is written under a holder whose jobs
 * have been taken over already (G4).
 */
public final class IntakeTransaction implements GroupTarget<NewMessage> {
    /** Messages of one transaction. */
    public static final int BATCH_COUNT = 256;

    /** Bytes of their payloads and headers, unless a single message has more. */
    public static final long BATCH_BYTES = 4L << 20;

    /**
     * Jobs of one transaction, unless a single message has more. 256 messages to a thousand consumers would not fit into memory, and
     * would hold locks for seconds.
     */
    public static final int BATCH_JOBS = 10_000;

    /** Finds the messages to write in the transaction that writes them. */
    public interface Source {
        /**
         * Called once in each run of the transaction.
         *
         * @param incarnation in whose name the written jobs are counted
         */
        List<NewMessage> take(Handle handle, int incarnation);
    }

    private final Database database;
    private final Registry registry;
    private final Incarnation incarnation;
    private final JobTakers takers;
    private final XidGenerator ids;
    private final InstantSource clock;
    private final MessageStore messages = new MessageStore();
    private final JobStore jobs = new JobStore();

    IntakeTransaction(
            Database database,
            Registry registry,
            Incarnation incarnation,
            JobTakers takers,
            XidGenerator ids,
            InstantSource clock) {
        this.database = database;
        this.registry = registry;
        this.incarnation = incarnation;
        this.takers = takers;
        this.ids = ids;
        this.clock = clock;
    }

    @Override
    public void commit(List<NewMessage> group) {
        commitFrom((handle, incarnation) -> {
            // The registry is locked, so what is known is what holds.
            ChannelGoneException.check(registry.current(), group);
            return group;
        });
    }

    @Override
    public boolean isTaken(Handle handle, NewMessage draft) {
        return messages.exists(handle, draft.channelId(), draft.publicId());
    }

    @Override
    public int jobs(NewMessage draft) {
        return jobsOf(draft.channelId());
    }

    /** How many jobs a message of this channel makes, by what this node knows at the moment. */
    public int jobsOf(Xid channel) {
        return registry.current().consumersOf(channel).size();
    }

    /** Writes the messages that the source finds, in one transaction with what the source itself writes. */
    public void commitFrom(Source source) {
        List<FanOut> fanOuts = new ArrayList<>();
        try {
            database.inTransaction(handle -> {
                cancel(fanOuts);
                write(handle, source, fanOuts);
                return null;
            });
        } catch (UncertainCommitException unknown) {
            fanOuts.forEach(fanOut -> fanOut.abandon(takers.admission()));
            throw unknown;
        } catch (RuntimeException | Error rolledBack) {
            cancel(fanOuts);
            throw rolledBack;
        }
        fanOuts.forEach(fanOut -> fanOut.committed(takers));
    }

    private void write(Handle handle, Source source, List<FanOut> fanOuts) {
        Registry.Locked locked = registry.lock(handle, incarnation);
        int holder = locked.holder();
        Tally tally = new Tally();
        List<NewJob> newJobs = new ArrayList<>();
        for (NewMessage draft : source.take(handle, holder)) {
            List<Consumer> consumers = locked.snapshot().consumersOf(draft.channelId());
            FanOut fanOut = new FanOut(message(draft, consumers.size()), consumers, holder, takers.admission());
            fanOuts.add(fanOut);
            newJobs.addAll(fanOut.jobs());
            tally.accepted(draft.channelId(), 1);
            consumers.forEach(consumer -> tally.accepted(consumer.id(), 1));
        }
        messages.insert(handle, fanOuts.stream().map(FanOut::message).toList());
        jobs.insert(handle, newJobs);
        tally.write(handle, holder);
    }

    private Message message(NewMessage draft, int jobCount) {
        return new Message(
                ids.block(1 + jobCount),
                draft.channelId(),
                draft.producerId(),
                draft.publicId(),
                draft.content(),
                clock.instant().truncatedTo(ChronoUnit.MICROS),
                jobCount);
    }

    /** The transaction failed; if it is run again, that run plans anew. */
    private void cancel(List<FanOut> fanOuts) {
        fanOuts.forEach(fanOut -> fanOut.cancel(takers.admission()));
        fanOuts.clear();
    }
}
