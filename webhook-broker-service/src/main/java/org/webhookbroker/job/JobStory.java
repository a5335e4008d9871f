package org.webhookbroker.job;

import java.time.Instant;
import org.webhookbroker.database.Xid;

/**
 * What is known of one job: the answer to "why was it not delivered?".
 *
 * @param holder the incarnation that has it in flight, {@link PullJob#HOLDER} if its pull consumer has it, or 0
 * @param attempts failed ones
 * @param changedAt when it came into its state
 * @param dueAt of a live job: when it may be taken, or when the lease of its pull consumer ends
 * @param reason why the last attempt failed, a code; empty when none did, or when that is no longer known
 */
public record JobStory(
        Xid id,
        Xid consumerId,
        JobState state,
        int holder,
        int attempts,
        Instant changedAt,
        Instant dueAt,
        String reason,
        String detail) {}
