package org.webhookbroker.job;

import java.time.Instant;
import org.webhookbroker.database.Xid;

/** A job as people ask for it, live or ended. {@code changedAt} is when it came into its state. */
public record Job(Xid id, Xid messageId, Xid consumerId, JobState state, Instant changedAt) {}
