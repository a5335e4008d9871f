package org.webhookbroker.job;

import java.time.Instant;

/** How many jobs of one consumer are in a state, and the span of time over which they came there. */
public record StateCount(JobState state, long count, Instant oldest, Instant newest) {}
