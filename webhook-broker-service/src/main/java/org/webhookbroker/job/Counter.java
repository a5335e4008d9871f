package org.webhookbroker.job;

import java.util.List;
import java.util.Locale;

/** What is counted of a consumer or a channel: a column of the counters. */
enum Counter {
    ACCEPTED(0),
    DELIVERED(1),
    DEAD(2),
    REMOVED(3),
    ARCHIVED(4),
    DIED(5);

    /** By their codes. */
    static final List<Counter> ALL = List.of(values());

    private final int code;

    Counter(int code) {
        this.code = code;
    }

    /** What it is in slots, also in those of other releases. */
    int code() {
        return code;
    }

    String column() {
        return name().toLowerCase(Locale.ROOT);
    }
}
