package org.webhookbroker.job;

import org.webhookbroker.database.Xid;

/**
 * A job to be inserted with its message.
 *
 * @param holder the incarnation that delivers it from memory right after the commit, or {@link #QUEUED}
 * @param size bytes of the message's payload and headers
 */
public record NewJob(Xid id, Xid messageId, Xid consumerId, int holder, int priority, int size) {
    public static final int QUEUED = 0;
}
