package org.webhookbroker.http;

import java.util.function.Supplier;
import org.webhookbroker.background.ByteBudget;
import org.webhookbroker.http.server.LateAnswer;
import org.webhookbroker.http.server.Refusal;

/**
 * Bounds the memory of messages that are shown, since anybody may ask for them (G8). A payload counts from before it is read until
 * its answer is written. There is room for one of the largest, and for small ones beside it. When there is none, the answer that has
 * waited longest for its reader is given up. Thread-safe.
 */
final class PayloadAnswers {
    /** Large payloads may use seven eighths of it, which is just above the largest payload: 16 MiB less one byte. */
    static final long LIMIT = 19L << 20;

    private static final String MEMORY = "payloads";

    private final ByteBudget budget = ByteBudget.withReserveForSmall(LIMIT);

    /**
     * Gives the answer that {@code view} makes.
     *
     * @param size of the payload, bytes
     * @throws Refusal 503 when there is no room for it
     */
    void give(int size, LateAnswer answer, Supplier<?> view) {
        if (!budget.tryReserve(size)) {
            answer.reclaim(MEMORY);
            throw Refusal.tryAgain("too many payloads are being sent to those who asked for them: try again");
        }
        try {
            answer.holds(MEMORY);
            answer.give(view.get());
        } finally {
            budget.release(size);
        }
    }
}
