package org.webhookbroker.job;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** Looks through dead jobs in pages of bounded work. */
final class DeadLetterStore {
    private static final int PAGE = 5000;

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
        List<Candidate> candidates = handle.createQuery("SELECT id, " + DeadJob.EXHAUSTED + """
                         AS exhausted FROM dead_job FORCE INDEX (dead_job_consumer)
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
}
