package org.webhookbroker.http;

import java.nio.charset.StandardCharsets;
import org.webhookbroker.api.LeasedJobsResponse;
import org.webhookbroker.api.QueuedJobsResponse;
import org.webhookbroker.job.LiveJob;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Message;
import org.webhookbroker.message.OwnHeaders;
import org.webhookbroker.pull.PullReceipt;
import org.webhookbroker.pull.PulledJobs;
import org.webhookbroker.pull.PulledJobs.PulledJob;

/** Jobs as their pull consumers get them. */
final class PulledJobViews {
    private final OwnHeaders own;

    PulledJobViews(OwnHeaders own) {
        this.own = own;
    }

    QueuedJobsResponse queued(PulledJobs jobs) {
        return new QueuedJobsResponse(jobs.jobs().stream().map(this::queued).toList());
    }

    LeasedJobsResponse leased(PulledJobs jobs) {
        return new LeasedJobsResponse(jobs.jobs().stream().map(this::leased).toList());
    }

    private QueuedJobsResponse.Job queued(PulledJob job) {
        LiveJob row = job.job();
        return new QueuedJobsResponse.Job(
                row.id().toString(), row.priority(), row.pullTimeout(), message(job.message()));
    }

    private LeasedJobsResponse.Job leased(PulledJob job) {
        LiveJob row = job.job();
        return new LeasedJobsResponse.Job(
                row.id().toString(),
                PullReceipt.of(row).toString(),
                row.dueAt(),
                row.attempts(),
                row.possibleDuplicate(),
                row.priority(),
                row.pullTimeout(),
                message(job.message()));
    }

    private QueuedJobsResponse.Message message(Message message) {
        Content content = message.content();
        return new QueuedJobsResponse.Message(
                message.publicId(),
                new String(content.payload(), StandardCharsets.UTF_8),
                own.without(content.headers()),
                content.contentType(),
                content.isUtf8() ? null : content.payload());
    }
}
