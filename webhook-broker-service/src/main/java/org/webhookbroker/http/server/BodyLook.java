package org.webhookbroker.http.server;

/** What the look at a body has led to. */
sealed interface BodyLook {
    record More() implements BodyLook {}

    record Whole() implements BodyLook {}

    record Bad(BodyTrouble why) implements BodyLook {}
}
