package org.webhookbroker.job;

import org.webhookbroker.database.Xid;

/**
 * A job that an incarnation holds.
 *
 * @param holder the incarnation; settling changes nothing once another one has taken over
 * @param attempts failed attempts so far
 * @param possibleDuplicate an earlier attempt may have arrived
 * @param unreachable its row says since when nobody could be reached for it
 */
public record LeasedJob(
        Xid id,
        Xid messageId,
        Xid consumerId,
        int holder,
        int priority,
        int size,
        int attempts,
        boolean possibleDuplicate,
        boolean unreachable) {
    /** Of a job that has not waited for an unreachable consumer yet. */
    public LeasedJob(
            Xid id,
            Xid messageId,
            Xid consumerId,
            int holder,
            int priority,
            int size,
            int attempts,
            boolean possibleDuplicate) {
        this(id, messageId, consumerId, holder, priority, size, attempts, possibleDuplicate, false);
    }
}
