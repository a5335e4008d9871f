package org.webhookbroker.schedule;

import java.time.Instant;

/** Told when a new message will be due, so that promotion does not sleep past it. */
interface DueListener {
    void due(Instant at);
}
