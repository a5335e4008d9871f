package org.webhookbroker.dispatch;

/** What an attempt says of its consumer. */
enum Reachability {
    REACHED,
    UNREACHABLE,
    /** Nothing: the broker itself did not get so far as to try. */
    NOT_TRIED
}
