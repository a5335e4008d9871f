package org.webhookbroker.pull;

import java.util.List;
import org.webhookbroker.job.LiveJob;
import org.webhookbroker.message.Message;

/** Jobs with their messages, for one answer. Their memory is given back by closing it, once they are written. */
public final class PulledJobs implements AutoCloseable {
    /** @param job as it is now: leased, or queued when it was only looked at */
    public record PulledJob(LiveJob job, Message message) {}

    private final List<PulledJob> jobs;
    private final boolean refused;
    private final AnswerMemory.Share memory;

    PulledJobs(List<PulledJob> jobs, AnswerMemory.Share memory) {
        this.jobs = jobs;
        this.refused = memory.isRefused();
        this.memory = memory;
    }

    public List<PulledJob> jobs() {
        return jobs;
    }

    /** Too many answers are being written: there are jobs, but no memory to read one of them. Nothing was done. */
    public boolean isRefused() {
        return refused;
    }

    @Override
    public void close() {
        memory.close();
    }
}
