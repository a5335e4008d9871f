package org.webhookbroker.dispatch;

import org.webhookbroker.outbound.Outcome;

/** What an attempt says of its consumer. */
enum Reachability {
    /** It answered, or the call was one that we would not make. */
    REACHED,
    /** Somebody took the request, and no answer came. */
    SILENT,
    /** Nobody was there. */
    UNREACHABLE,
    /** Nothing: the broker itself did not get so far as to try. */
    NOT_TRIED;

    /** A refused URL concerns the job alone: attempts go on until it is dead. */
    static Reachability of(Outcome outcome) {
        return switch (outcome.reach()) {
            case NOT_TRIED -> NOT_TRIED;
            case NOBODY -> UNREACHABLE;
            case SOMEBODY ->
                outcome instanceof Outcome.Unreachable || outcome instanceof Outcome.TimedOut ? SILENT : REACHED;
        };
    }
}
