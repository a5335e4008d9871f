package org.webhookbroker.outbound;

import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;

/** What all exchanges of one client share. */
record ExchangeContext(CloseableHttpAsyncClient http, ScheduledExecutorService timer, Clock clock, Limits limits) {}
