package org.webhookbroker.retention;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.AnyJobStore;
import org.webhookbroker.job.DeliveredJob;
import org.webhookbroker.job.Job;
import org.webhookbroker.job.JobMoveStore;
import org.webhookbroker.job.JobState;
import org.webhookbroker.job.Tally;

/**
 * Finds the messages that are over, and deletes them. Both go by primary keys, oldest first: the jobs of a message have the ids
 * behind its own, so those of neighbouring messages are one range of each table.
 */
final class PruneStore {
    private static final int PAGE = 2000;
    /** Of the messages of a page together, unless the first has more by itself. */
    private static final int PAGE_JOBS = 10_000;
    /** How far the clock of the node that made an id may have been ahead, or its ids ahead of that clock. */
    private static final long SLACK_SECONDS = 3600;

    /** A message without a job that is live or dead. */
    record Candidate(Xid id, int jobCount) {
        Xid lastJob() {
            return id.plus(jobCount);
        }
    }

    /**
     * A page of candidates. A run looks at each message once, so it progresses even when few may be pruned.
     *
     * @param scanned messages that were looked at
     * @param next where the next page begins; empty at the end
     */
    record Page(List<Candidate> prunable, int scanned, Optional<Xid> next) {}

    /** @param jobs delivered ones that its archive record has */
    record Archived(Xid id, int jobs) {}

    record Deleted(int messages, int jobs) {}

    private record Old(Candidate message, Instant receivedAt) {}

    private record Stored(Xid id, Xid channelId, int jobCount) {}

    private final AnyJobStore anyJobs = new AnyJobStore();
    private final JobMoveStore moves = new JobMoveStore();

    /** The next messages behind {@code cursor} that were received up to {@code cutoff}. Locks nothing, reads no payload. */
    Page page(Handle handle, Xid cursor, Instant cutoff) {
        List<Old> rows = handle.createQuery("""
                        SELECT id, job_count, received_at FROM message
                        WHERE id > :cursor AND id <= :bound ORDER BY id LIMIT :page
                        """)
                .bind("cursor", cursor)
                .bind("bound", new Xid((cutoff.getEpochSecond() + SLACK_SECONDS) << 32 | 0xFFFF_FFFFL, -1))
                .bind("page", PAGE)
                .map((row, context) -> new Old(
                        new Candidate(Columns.xid(row, "id"), row.getInt("job_count")),
                        Columns.instant(row, "received_at")))
                .list();
        List<Old> page = upToJobs(rows);
        if (page.isEmpty()) {
            return new Page(List.of(), 0, Optional.empty());
        }
        Candidate last = page.get(page.size() - 1).message();
        Set<Xid> held = heldBack(handle, page.get(0).message().id(), last.lastJob());
        List<Candidate> prunable = page.stream()
                .filter(row -> !row.receivedAt().isAfter(cutoff))
                .map(Old::message)
                .filter(message -> !held.contains(message.id()))
                .toList();
        boolean end = page.size() == rows.size() && rows.size() < PAGE;
        return new Page(prunable, page.size(), end ? Optional.empty() : Optional.of(last.id()));
    }

    private static List<Old> upToJobs(List<Old> rows) {
        List<Old> page = new ArrayList<>();
        long jobs = 0;
        for (Old row : rows) {
            jobs += row.message().jobCount();
            if (jobs > PAGE_JOBS && !page.isEmpty()) {
                break;
            }
            page.add(row);
        }
        return page;
    }

    /** One statement, and so one view: a job that is requeued or dies meanwhile is seen in one table or the other. */
    private static Set<Xid> heldBack(Handle handle, Xid first, Xid last) {
        return new HashSet<>(handle.createQuery("""
                        SELECT message_id FROM job FORCE INDEX (PRIMARY) WHERE id > :first AND id <= :last
                        UNION SELECT message_id FROM dead_job FORCE INDEX (PRIMARY) WHERE id > :first AND id <= :last
                        """)
                .bind("first", first)
                .bind("last", last)
                .mapTo(Xid.class)
                .list());
    }

    /** Bytes of payload and headers by message, so that what is read into memory is bounded. */
    Map<Xid, Long> sizes(Handle handle, List<Candidate> messages) {
        if (messages.isEmpty()) {
            return Map.of();
        }
        return handle
                .createQuery("""
                        SELECT id, OCTET_LENGTH(payload) + OCTET_LENGTH(headers) AS size FROM message WHERE id IN (<ids>)
                        """)
                .bindList("ids", messages.stream().map(Candidate::id).toList())
                .map((row, context) -> Map.entry(Columns.xid(row, "id"), row.getLong("size")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** By message, in the order of their ids. */
    Map<Xid, List<DeliveredJob>> delivered(Handle handle, List<Candidate> messages) {
        return handle
                .createQuery(DeliveredJob.SELECT + "WHERE id > :first AND id <= :last ORDER BY id")
                .bind("first", messages.get(0).id())
                .bind("last", messages.get(messages.size() - 1).lastJob())
                .map(DeliveredJob::of)
                .list()
                .stream()
                .collect(Collectors.groupingBy(DeliveredJob::messageId));
    }

    /**
     * Deletes those of the messages whose jobs are still exactly those that were archived, and counts them. A message that was
     * given a job since, by a restore, stays. A transaction that adds a job to a stored message locks its row as this one does.
     */
    Deleted delete(Handle handle, List<Archived> batch) {
        List<Stored> stored = lock(handle, batch);
        if (stored.isEmpty()) {
            return new Deleted(0, 0);
        }
        Stored last = stored.get(stored.size() - 1);
        Map<Xid, List<Job>> jobs = anyJobs
                .between(handle, stored.get(0).id(), last.id().plus(last.jobCount()))
                .stream()
                .collect(Collectors.groupingBy(Job::messageId));
        Map<Xid, Integer> archived = batch.stream().collect(Collectors.toMap(Archived::id, Archived::jobs));
        List<Stored> over = stored.stream()
                .filter(message -> isAsArchived(
                        jobs.getOrDefault(message.id(), List.of()), archived.getOrDefault(message.id(), -1)))
                .toList();
        List<Job> ended = over.stream()
                .flatMap(message -> jobs.getOrDefault(message.id(), List.of()).stream())
                .toList();
        Tally tally = new Tally();
        moves.archive(handle, ended, tally);
        deleteMessages(handle, over.stream().map(Stored::id).toList());
        over.forEach(message -> tally.archived(message.channelId(), 1));
        tally.write(handle, Tally.COMMON);
        return new Deleted(over.size(), ended.size());
    }

    private static boolean isAsArchived(List<Job> jobs, int archived) {
        return jobs.size() == archived && jobs.stream().allMatch(job -> job.state() == JobState.DELIVERED);
    }

    private static List<Stored> lock(Handle handle, List<Archived> batch) {
        return handle.createQuery(
                        "SELECT id, channel_id, job_count FROM message WHERE id IN (<ids>) ORDER BY id FOR UPDATE")
                .bindList("ids", batch.stream().map(Archived::id).toList())
                .map((row, context) ->
                        new Stored(Columns.xid(row, "id"), Columns.xid(row, "channel_id"), row.getInt("job_count")))
                .list();
    }

    private static void deleteMessages(Handle handle, List<Xid> ids) {
        if (ids.isEmpty()) {
            return;
        }
        int deleted = handle.createUpdate("DELETE FROM message WHERE id IN (<ids>)")
                .bindList("ids", ids)
                .execute();
        if (deleted != ids.size()) {
            throw new IllegalStateException("Locked " + ids.size() + " messages but could delete only " + deleted);
        }
    }
}
