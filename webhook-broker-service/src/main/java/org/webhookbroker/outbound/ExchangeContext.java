package org.webhookbroker.outbound;

import java.time.Clock;
import java.time.Duration;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.webhookbroker.outbound.tls.TlsRules;

/** What all exchanges of one client share. */
record ExchangeContext(CloseableHttpAsyncClient http, Clock clock, TlsRules tls, Limits limits) {
    /** What a {@link WebhookClient} allows itself and its consumers. */
    record Limits(int maxResponseBytes, Duration drain) {}
}
