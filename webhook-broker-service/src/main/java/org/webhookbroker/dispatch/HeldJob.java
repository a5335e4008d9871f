package org.webhookbroker.dispatch;

import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.message.Message;

/** A job that this node holds, with all that an attempt needs. */
record HeldJob(LeasedJob lease, Message message) {
    boolean isRetry() {
        return lease.attempts() > 0;
    }
}
