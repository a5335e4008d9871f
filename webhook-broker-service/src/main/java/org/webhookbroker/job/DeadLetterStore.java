package org.webhookbroker.job;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** Looks through dead jobs in pages of bounded work, and gives some back to the queue. */
final class DeadLetterStore {
    private static final int PAGE = 5000;

    private record Dead(Xid id, Xid messageId, int priority, int size, boolean possibleDuplicate, int pullTimeout) {}

    /**
     * The dead jobs of a consumer behind {@code cursor}, in the order of their messages. Locks nothing. The filter is
     * applied here and not by the database: a query for the few that match could scan millions.
     */
    DeadLetter.Page page(Handle handle, Xid consumer, Optional<Xid> cursor, DeadLetter.Filter filter) {
        // The hint: the optimizer may prefer to walk the primary key through everybody's dead jobs.
        List<DeadLetter> letters = handle.createQuery("""
                        SELECT id, changed_at, reason FROM dead_job FORCE INDEX (dead_job_consumer)
                        WHERE consumer_id = :consumer AND id > :cursor ORDER BY id LIMIT :page
                        """)
                .bind("consumer", consumer)
                .bind("cursor", cursor.orElse(new Xid(0, 0)))
                .bind("page", PAGE)
                .map((row, context) -> new DeadLetter(
                        Columns.xid(row, "id"), Columns.instant(row, "changed_at"), row.getString("reason")))
                .list();
        Optional<Xid> next = letters.size() < PAGE
                ? Optional.empty()
                : Optional.of(letters.get(letters.size() - 1).id());
        return new DeadLetter.Page(letters.stream().filter(filter::matches).toList(), next);
    }

    /** Ids of dead jobs of a consumer, and where the next page begins; empty at the end. */
    record IdPage(List<Xid> ids, Optional<Xid> next) {}

    private record Candidate(Xid id, boolean exhausted) {}

    /** The exhausted among the next {@code size} dead jobs behind {@code cursor}. Locks nothing. */
    IdPage exhausted(Handle handle, Xid consumer, Optional<Xid> cursor, int maxRetries, int size) {
        List<Candidate> candidates = handle.createQuery("""
                        SELECT id, attempts >= :maxRetries OR reason = 'crash-loop' AS exhausted
                        FROM dead_job FORCE INDEX (dead_job_consumer)
                        WHERE consumer_id = :consumer AND id > :cursor ORDER BY id LIMIT :size
                        """)
                .bind("maxRetries", maxRetries)
                .bind("consumer", consumer)
                .bind("cursor", cursor.orElse(new Xid(0, 0)))
                .bind("size", size)
                .map((row, context) -> new Candidate(Columns.xid(row, "id"), row.getBoolean("exhausted")))
                .list();
        Optional<Xid> next = candidates.size() < size
                ? Optional.empty()
                : Optional.of(candidates.get(candidates.size() - 1).id());
        return new IdPage(
                candidates.stream()
                        .filter(Candidate::exhausted)
                        .map(Candidate::id)
                        .toList(),
                next);
    }

    /** Deletes those that are still dead and exhausted, and counts them as removed. Returns how many it were. */
    int purge(Handle handle, int counter, Xid consumer, int maxRetries, List<Xid> ids) {
        int deleted = handle.createUpdate("""
                        DELETE FROM dead_job WHERE id IN (<ids>) AND consumer_id = :consumer
                          AND (attempts >= :maxRetries OR reason = 'crash-loop')
                        """)
                .bindList("ids", ids)
                .bind("consumer", consumer)
                .bind("maxRetries", maxRetries)
                .execute();
        if (deleted > 0) {
            new Tally().dead(consumer, -deleted).removed(consumer, deleted).write(handle, counter);
        }
        return deleted;
    }

    /**
     * Queues those of the jobs that are still dead, due now and with all their attempts ahead, and returns their
     * priorities. The delete decides: of two requeues of one job the second waits for the first, then finds nothing.
     */
    List<Integer> requeue(Handle handle, int counter, Xid consumer, Collection<Xid> ids) {
        List<Dead> jobs = handle.createQuery("""
                        DELETE FROM dead_job WHERE id IN (<ids>) AND consumer_id = :consumer
                        RETURNING id, message_id, priority, size, possible_duplicate, pull_timeout
                        """)
                .bindList("ids", List.copyOf(ids))
                .bind("consumer", consumer)
                .map((row, context) -> new Dead(
                        Columns.xid(row, "id"),
                        Columns.xid(row, "message_id"),
                        row.getInt("priority"),
                        row.getInt("size"),
                        row.getBoolean("possible_duplicate"),
                        row.getInt("pull_timeout")))
                .list();
        if (jobs.isEmpty()) {
            return List.of();
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO job (id, message_id, consumer_id, holder, retry, priority, due_at, size, attempts, takeovers,
                  possible_duplicate, changed_at, reason, detail, pull_timeout)
                VALUES (?, ?, ?, 0, FALSE, ?, UTC_TIMESTAMP(6), ?, 0, 0, ?, UTC_TIMESTAMP(6), '', '', ?)
                """);
        for (Dead job : jobs) {
            batch.bind(0, job.id().bytes())
                    .bind(1, job.messageId().bytes())
                    .bind(2, consumer.bytes())
                    .bind(3, job.priority())
                    .bind(4, job.size())
                    .bind(5, job.possibleDuplicate())
                    .bind(6, job.pullTimeout())
                    .add();
        }
        batch.execute();
        new Tally().dead(consumer, -jobs.size()).write(handle, counter);
        return jobs.stream().map(Dead::priority).toList();
    }
}
