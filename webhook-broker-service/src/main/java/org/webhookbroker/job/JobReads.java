package org.webhookbroker.job;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.PageRequest;
import org.webhookbroker.database.Xid;

/** Answers what people ask about jobs. Thread-safe. */
public final class JobReads {
    private final Database database;
    private final AnyJobStore store = new AnyJobStore();

    public JobReads(Database database) {
        this.database = database;
    }

    public Optional<Job> find(Xid id) {
        return database.withHandle(handle -> store.find(handle, id));
    }

    /** By id; one that is unknown or of another consumer is absent. */
    public Map<Xid, JobState> states(Xid consumer, Collection<Xid> ids) {
        return database.withHandle(handle -> store.ofConsumer(handle, consumer, ids)).stream()
                .collect(Collectors.toMap(Job::id, Job::state));
    }

    /** Newest first. */
    public List<Job> ofMessage(Xid message, int jobCount) {
        List<Job> jobs = new ArrayList<>(database.withHandle(handle -> store.ofMessage(handle, message, jobCount)));
        Collections.reverse(jobs);
        return jobs;
    }

    /** A page of a consumer's dead letters, newest first. Without the hint MariaDB may walk through those of all consumers. */
    public List<Job> dead(Xid consumer, PageRequest page) {
        return database
                .withHandle(handle ->
                        page.select(handle.createQuery(DeadJob.SELECT + """
                                FORCE INDEX (dead_job_consumer)
                                WHERE consumer_id = :consumer AND <page>
                                """).bind("consumer", consumer), DeadJob::of))
                .stream()
                .map(DeadJob::asJob)
                .toList();
    }
}
