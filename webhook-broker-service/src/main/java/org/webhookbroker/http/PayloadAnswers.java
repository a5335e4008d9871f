package org.webhookbroker.http;

import java.util.function.Supplier;
import org.webhookbroker.http.server.LateAnswer;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.message.PayloadBudget;

/**
 * Bounds the payloads of messages that are shown, which anybody may ask for: from before they are read until they are written
 * (G8). One of the largest passes at once, and small ones beside it. Thread-safe.
 */
final class PayloadAnswers {
    /** Its seven eighths for large payloads are just above what the column holds, 16 MiB less one byte. */
    static final long LIMIT = 19L << 20;

    private final PayloadBudget budget = new PayloadBudget(LIMIT);

    /**
     * Gives the answer that {@code view} makes.
     *
     * @param size of the payload, bytes
     * @throws Refusal 503 when there is no room for it
     */
    void give(int size, LateAnswer answer, Supplier<?> view) {
        if (!budget.tryReserve(size)) {
            throw Refusal.tryAgain("too many payloads are being sent to those who asked for them: try again");
        }
        try {
            answer.give(view.get());
        } finally {
            budget.release(size);
        }
    }
}
