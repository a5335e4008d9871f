package org.webhookbroker.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.webhookbroker.api.LeasedJobsResponse;
import org.webhookbroker.api.QueuedJobsResponse;
import org.webhookbroker.job.PullJob;
import org.webhookbroker.message.Message;
import org.webhookbroker.pull.PulledJobs;
import org.webhookbroker.pull.PulledJobs.PulledJob;

/** Jobs as their pull consumers get them. */
final class PulledJobViews {
    private static final int CHUNK = 8192;

    private PulledJobViews() {}

    static QueuedJobsResponse queued(PulledJobs jobs) {
        return new QueuedJobsResponse(
                jobs.jobs().stream().map(PulledJobViews::queued).toList());
    }

    static LeasedJobsResponse leased(PulledJobs jobs) {
        return new LeasedJobsResponse(jobs.jobs().stream()
                .map(job -> leased(job, job.lease().orElseThrow()))
                .toList());
    }

    private static QueuedJobsResponse.Job queued(PulledJob job) {
        return new QueuedJobsResponse.Job(job.id().toString(), job.priority(), job.timeout(), message(job.message()));
    }

    private static LeasedJobsResponse.Job leased(PulledJob job, PullJob lease) {
        return new LeasedJobsResponse.Job(
                job.id().toString(),
                lease.receipt().toString(),
                lease.until(),
                lease.job().attempts(),
                lease.job().possibleDuplicate(),
                job.priority(),
                job.timeout(),
                message(job.message()));
    }

    private static QueuedJobsResponse.Message message(Message message) {
        byte[] payload = message.content().payload();
        return new QueuedJobsResponse.Message(
                message.publicId(),
                new String(payload, StandardCharsets.UTF_8),
                message.content().headers(),
                message.content().contentType(),
                isUtf8(payload) ? null : payload);
    }

    private static boolean isUtf8(byte[] payload) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer bytes = ByteBuffer.wrap(payload);
        CharBuffer characters = CharBuffer.allocate(CHUNK);
        CoderResult result;
        do {
            characters.clear();
            result = decoder.decode(bytes, characters, true);
        } while (result.isOverflow());
        return !result.isError();
    }
}
