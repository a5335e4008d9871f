package org.webhookbroker.schedule;

import java.time.Instant;

/** Told that a message will be due, so that nobody sleeps past it. */
interface DueListener {
    void due(Instant at);
}
