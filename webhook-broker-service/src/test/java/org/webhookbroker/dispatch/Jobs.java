package org.webhookbroker.dispatch;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.LiveJob;
import org.webhookbroker.job.NewJob;
import org.webhookbroker.job.WaitingLine;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Message;

/** Makes jobs for tests that need no database. */
final class Jobs {
    private static final XidGenerator IDS = new XidGenerator(Clock.systemUTC());

    private Jobs() {}

    static HeldJob job(int priority) {
        Xid message = IDS.block(2);
        Content content = new Content("text/plain", priority, Map.of(), new byte[] {1});
        LeasedJob lease = new LeasedJob(message.plus(1), message, IDS.next(), 1, priority, content.size(), 0, false);
        return new HeldJob(
                lease, new Message(message, IDS.next(), IDS.next(), message.toString(), content, Instant.EPOCH, 1));
    }

    /** As it waits in the database. */
    static LiveJob queued(LeasedJob job, int takeovers) {
        return new LiveJob(
                job.id(),
                job.messageId(),
                job.consumerId(),
                NewJob.QUEUED,
                WaitingLine.FIRST,
                0,
                Instant.EPOCH,
                job.size(),
                job.attempts(),
                takeovers,
                false,
                Instant.EPOCH,
                "",
                "",
                0,
                null);
    }
}
