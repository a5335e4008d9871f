package org.webhookbroker.retention;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.audit.Operation;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.DataError;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.AnyJobStore;
import org.webhookbroker.job.Job;
import org.webhookbroker.job.JobStore;
import org.webhookbroker.job.NewJob;
import org.webhookbroker.job.QueueListener;
import org.webhookbroker.job.Tally;
import org.webhookbroker.message.Message;
import org.webhookbroker.message.MessageStore;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.RegistrySnapshot;

/**
 * Gives archived messages to one consumer as new jobs, all of a portion in one transaction. A message that is not stored any more
 * is stored again, with new internal ids and room for a job of each consumer that the channel has, so that it can be restored for
 * others as well. A second restore of the same messages changes nothing. Thread-safe.
 */
final class RestoreStore {
    /** What became of one message. */
    enum Outcome {
        RESTORED,
        KNOWN,
        TAKEN,
        FULL,
        REFUSED
    }

    private static final Logger LOG = LoggerFactory.getLogger(RestoreStore.class);

    /** A portion loses against producers that use the same message ids at most this often. */
    private static final int ROUNDS = 5;

    private record Stored(Xid id, String publicId, Instant receivedAt, int jobCount) {}

    /** What one transaction writes. */
    private static final class Plan {
        private final List<Outcome> outcomes = new ArrayList<>();
        private final List<Message> messages = new ArrayList<>();
        private final List<NewJob> jobs = new ArrayList<>();
    }

    private final Database database;
    private final Registry registry;
    private final Incarnation incarnation;
    private final XidGenerator ids;
    private final QueueListener queue;
    private final MessageStore messages = new MessageStore();
    private final JobStore jobs = new JobStore();
    private final AnyJobStore anyJobs = new AnyJobStore();

    RestoreStore(Database database, Registry registry, Incarnation incarnation, XidGenerator ids, QueueListener queue) {
        this.database = database;
        this.registry = registry;
        this.incarnation = incarnation;
        this.ids = ids;
        this.queue = queue;
    }

    /** The outcomes of a portion, in its order. No two messages of a portion have the same public id. */
    List<Outcome> restore(Xid consumer, List<ArchivedMessage> portion, Operation recorded) {
        for (int round = 1; ; round++) {
            try {
                return restoreOnce(consumer, portion, recorded);
            } catch (JdbiException failure) {
                if (DataError.isCauseOf(failure)) {
                    return portion.size() == 1
                            ? refused(portion.get(0), failure)
                            : restoreHalves(consumer, portion, recorded);
                }
                if (round == ROUNDS || !Database.isDuplicateKey(failure)) {
                    throw failure;
                }
            }
        }
    }

    /** The database refuses one of them. That must not end the run. */
    private List<Outcome> restoreHalves(Xid consumer, List<ArchivedMessage> portion, Operation recorded) {
        int middle = portion.size() / 2;
        List<Outcome> outcomes = new ArrayList<>(restore(consumer, portion.subList(0, middle), recorded));
        outcomes.addAll(restore(consumer, portion.subList(middle, portion.size()), recorded));
        return outcomes;
    }

    private static List<Outcome> refused(ArchivedMessage message, JdbiException failure) {
        LOG.error("The database refuses the archived message {}: {}", message.publicId(), failure.getMessage());
        return List.of(Outcome.REFUSED);
    }

    private List<Outcome> restoreOnce(Xid consumerId, List<ArchivedMessage> portion, Operation recorded) {
        Plan plan = database.inTransaction(handle -> {
            Registry.Locked locked = registry.lock(handle, incarnation);
            RegistrySnapshot snapshot = locked.snapshot();
            Consumer consumer = snapshot.consumer(consumerId)
                    .orElseThrow(() -> new RetentionException("The consumer was removed meanwhile"));
            Plan made = plan(handle, snapshot, consumer, portion);
            write(handle, locked.holder(), consumer, made);
            recorded.add(handle, made.jobs.size());
            return made;
        });
        Consumer consumer = registry.current().consumer(consumerId).orElse(null);
        if (consumer != null) {
            new TreeSet<>(plan.jobs.stream().map(NewJob::priority).toList())
                    .forEach(priority -> queue.queued(consumer, priority));
        }
        return plan.outcomes;
    }

    private Plan plan(Handle handle, RegistrySnapshot snapshot, Consumer consumer, List<ArchivedMessage> portion) {
        Map<String, Stored> stored = lock(handle, consumer.channel().id(), portion);
        int slots = snapshot.consumersOf(consumer.channel().id()).size();
        Plan plan = new Plan();
        for (ArchivedMessage archived : portion) {
            Stored row = stored.get(archived.publicId());
            if (row == null) {
                Xid id = ids.block(1 + slots);
                plan.messages.add(message(id, slots, snapshot, consumer, archived));
                plan.jobs.add(job(id.plus(1), id, consumer, archived));
                plan.outcomes.add(Outcome.RESTORED);
            } else if (row.receivedAt().equals(archived.receivedAt())) {
                plan.outcomes.add(add(handle, plan, row, consumer, archived));
            } else {
                plan.outcomes.add(Outcome.TAKEN);
            }
        }
        return plan;
    }

    /** Adds a job to a stored message, if the consumer has none of its jobs and one of the ids for them is free. */
    private Outcome add(Handle handle, Plan plan, Stored row, Consumer consumer, ArchivedMessage archived) {
        List<Job> used = anyJobs.ofMessage(handle, row.id(), row.jobCount());
        if (used.stream().anyMatch(job -> job.consumerId().equals(consumer.id()))) {
            return Outcome.KNOWN;
        }
        Set<Xid> usedIds = used.stream().map(Job::id).collect(Collectors.toSet());
        for (int slot = 1; slot <= row.jobCount(); slot++) {
            Xid id = row.id().plus(slot);
            if (!usedIds.contains(id)) {
                plan.jobs.add(job(id, row.id(), consumer, archived));
                return Outcome.RESTORED;
            }
        }
        return Outcome.FULL;
    }

    private static Message message(
            Xid id, int jobCount, RegistrySnapshot snapshot, Consumer consumer, ArchivedMessage archived) {
        Xid producer = snapshot.producer(archived.producerId())
                .map(known -> known.id())
                .orElse(archived.producer());
        return new Message(
                id,
                consumer.channel().id(),
                producer,
                archived.publicId(),
                archived.content(),
                archived.receivedAt(),
                jobCount);
    }

    /** A consumer to which messages are restored may have had them before. */
    private static NewJob job(Xid id, Xid message, Consumer consumer, ArchivedMessage archived) {
        return new NewJob(
                id,
                message,
                consumer.id(),
                NewJob.QUEUED,
                archived.content().priority(),
                archived.content().size(),
                NewJob.Past.PERHAPS_DELIVERED);
    }

    /** Locked, so that pruning does not delete a message to which a job is being added. */
    private static Map<String, Stored> lock(Handle handle, Xid channel, List<ArchivedMessage> portion) {
        return handle
                .createQuery("""
                        SELECT id, public_id, received_at, job_count FROM message
                        WHERE channel_id = :channel AND public_id IN (<publicIds>) FOR UPDATE
                        """)
                .bind("channel", channel)
                .bindList(
                        "publicIds",
                        portion.stream().map(ArchivedMessage::publicId).toList())
                .map((row, context) -> new Stored(
                        Columns.xid(row, "id"),
                        row.getString("public_id"),
                        Columns.instant(row, "received_at"),
                        row.getInt("job_count")))
                .list()
                .stream()
                .collect(Collectors.toMap(Stored::publicId, Function.identity()));
    }

    private void write(Handle handle, int counter, Consumer consumer, Plan plan) {
        if (plan.jobs.isEmpty()) {
            return;
        }
        messages.insert(handle, plan.messages);
        jobs.insert(handle, plan.jobs);
        new Tally()
                .accepted(consumer.channel().id(), plan.messages.size())
                .accepted(consumer.id(), plan.jobs.size())
                .write(handle, counter);
    }
}
