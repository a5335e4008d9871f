package org.webhookbroker.audit;

import java.util.Locale;

/** Records by whoever can make many of them: each share has a bound of its own, so that a flood pushes out nothing but its like. */
enum Share {
    /** What operators did, and the broker itself. */
    OPERATORS(0),
    /** What others did to the registry. */
    REGISTRY(1),
    /** What consumers did to their dead letters, and tasks that others were refused. */
    JOBS(2);

    private final int code;

    Share(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
