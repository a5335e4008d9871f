package org.webhookbroker.client;

import java.time.Duration;

/** How a pull consumer takes its jobs; see {@link PullBuilder}. */
record PullSettings(int concurrency, Duration lease, Duration longestWait, Duration stopTimeout, int largestAnswer) {}
