package org.webhookbroker.outbound;

import java.time.Duration;

/** What a {@link WebhookClient} allows itself and its consumers. */
record Limits(int maxResponseBytes, Duration drain) {}
