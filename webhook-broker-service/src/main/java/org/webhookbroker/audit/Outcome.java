package org.webhookbroker.audit;

import java.util.Locale;

/** How it ended. */
public enum Outcome {
    /** It goes on, or whoever did it has died. */
    BEGUN,
    DONE,
    /** Cancelled, or its time was over; what it counts was done. */
    UNFINISHED,
    REFUSED,
    FAILED;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
