package org.webhookbroker.dispatch;

/** What an attempt says of its consumer. */
enum Contact {
    REACHED,
    UNREACHABLE,
    /** Nothing: the broker itself did not get so far as to try. */
    NONE
}
