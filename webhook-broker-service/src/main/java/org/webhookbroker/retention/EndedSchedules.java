package org.webhookbroker.retention;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/**
 * Deletes the records of scheduled messages that ended long ago. They are not archived: what was dispatched is archived as the message that was
 * made of it, and what was cancelled was never sent.
 */
final class EndedSchedules {
    private record Ended(Xid id, Xid channel, boolean dispatched) {}

    private record Endless(Xid id, boolean waits) {}

    /** The status is in no index: millions may wait, and to look for another status among all of them takes too long for one statement. */
    private static final int PAGE = 2000;

    /** Locks nothing. */
    private static final String WITHOUT_END = """
            SELECT id, status = 101 AS waits FROM scheduled_message FORCE INDEX (scheduled_message_ended)
            WHERE ended_at IS NULL AND id > :after ORDER BY id LIMIT :page
            """;

    static final String LOCK_ENDED = """
            SELECT id, channel_id, status = 102 AS dispatched FROM scheduled_message FORCE INDEX (scheduled_message_ended)
            WHERE ended_at <= :cutoff ORDER BY ended_at LIMIT :most FOR UPDATE
            """;

    /**
     * Says when those ended that a node of an earlier version has ended without saying so, while nodes of two versions ran side by side:
     * they would stay for ever. Looks at one page, and returns after which id the next begins, if there is one.
     */
    Optional<Xid> fillInEnds(Handle handle, Xid after, int most) {
        List<Endless> page = handle.createQuery(WITHOUT_END)
                .bind("after", after)
                .bind("page", PAGE)
                .map((row, context) -> new Endless(Columns.xid(row, "id"), row.getBoolean("waits")))
                .list();
        List<Xid> ended = page.stream()
                .filter(each -> !each.waits())
                .limit(most)
                .map(Endless::id)
                .toList();
        if (!ended.isEmpty()) {
            handle.createUpdate("""
                    UPDATE scheduled_message FORCE INDEX (PRIMARY)
                    SET ended_at = COALESCE(dispatched_at, LEAST(due_at, UTC_TIMESTAMP(6))), made_message = (status = 102),
                      payload = '', headers = ''
                    WHERE id IN (<ids>) AND status <> 101 AND ended_at IS NULL
                    """).bindList("ids", ended).execute();
        }
        if (ended.size() == most) {
            return Optional.of(ended.get(most - 1));
        }
        return page.size() == PAGE ? Optional.of(page.get(PAGE - 1).id()) : Optional.empty();
    }

    /** Those that ended first. Returns how many they were, and counts them. */
    int delete(Handle handle, Instant cutoff, int most) {
        List<Ended> ended = handle.createQuery(LOCK_ENDED)
                .bind("cutoff", cutoff)
                .bind("most", most)
                .map((row, context) ->
                        new Ended(Columns.xid(row, "id"), Columns.xid(row, "channel_id"), row.getBoolean("dispatched")))
                .list();
        if (!ended.isEmpty()) {
            int deleted = handle.createUpdate("DELETE FROM scheduled_message WHERE id IN (<ids>)")
                    .bindList("ids", ended.stream().map(Ended::id).toList())
                    .execute();
            if (deleted != ended.size()) {
                throw new IllegalStateException("Locked %s records of scheduled messages but could delete only %s"
                        .formatted(ended.size(), deleted));
            }
            count(handle, ended);
        }
        return ended.size();
    }

    private static void count(Handle handle, List<Ended> ended) {
        Map<Xid, List<Ended>> channels = ended.stream().collect(Collectors.groupingBy(Ended::channel));
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO scheduled_tally
                  (channel_id, slot, accepted, dispatched, duplicates, cancelled, pruned_dispatched, pruned_cancelled)
                VALUES (?, 0, 0, 0, 0, 0, ?, ?)
                ON DUPLICATE KEY UPDATE pruned_dispatched = pruned_dispatched + VALUES(pruned_dispatched),
                  pruned_cancelled = pruned_cancelled + VALUES(pruned_cancelled)
                """);
        channels.forEach((channel, all) -> {
            long dispatched = all.stream().filter(Ended::dispatched).count();
            batch.bind(0, channel)
                    .bind(1, dispatched)
                    .bind(2, all.size() - dispatched)
                    .add();
        });
        batch.execute();
    }
}
