package org.webhookbroker.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.Xid;

/**
 * A job as people ask for it, live or ended.
 *
 * @param changedAt when it came into its state
 * @param holder the incarnation that has it in flight, {@link LiveJob#PULL_HOLDER} if its pull consumer has it, or 0
 * @param attempts failed ones, of a dead job those before its last
 * @param dueAt of a live job: when it may be taken, or when the lease of its pull consumer ends
 * @param reason why the last attempt failed, a code; empty when none did, or when that is no longer known
 * @param unreachableSince of a live job: since when nobody could be reached for it
 */
public record Job(
        Xid id,
        Xid messageId,
        Xid consumerId,
        JobState state,
        Instant changedAt,
        int holder,
        int attempts,
        Instant dueAt,
        String reason,
        String detail,
        @Nullable Instant unreachableSince) {
    /** All attempts that failed, as people count them. */
    public int failed() {
        return state == JobState.DEAD && Failure.isOfAttempt(reason) ? attempts + 1 : attempts;
    }
}
