package org.webhookbroker.http;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.webhookbroker.message.IntakeFactory.Limits;
import org.webhookbroker.message.PayloadBudget;

/**
 * A request body that grows in memory reserved before (G8), in proportion to what has really arrived. Whoever needs the bytes
 * beyond the request takes them, and the reservation with them; else it ends with the request. One thread at a time.
 */
final class BufferedBody {
    static final String ATTRIBUTE = "org.webhookbroker.body";

    private static final byte[] NOTHING = {};

    private final PayloadBudget budget;
    private final Limits limits;
    private final int bound;
    private final long startedAt = System.nanoTime();
    private byte[] bytes = NOTHING;
    private int size;
    private boolean owned = true;

    /** @param length as announced, at most the limit; without it -1 */
    BufferedBody(PayloadBudget budget, Limits limits, long length) {
        this.budget = budget;
        this.limits = limits;
        this.bound = length < 0 ? limits.maxPayload() : (int) length;
    }

    /** {@code READ} if there was room for all that the buffer has. */
    Payload.Outcome add(ByteBuffer more) {
        int needed = size + more.remaining();
        if (needed > bound) {
            return Payload.Outcome.TOO_LARGE;
        }
        if (needed > bytes.length && !resize(Math.max(needed, PayloadReader.nextStep(size, bound)))) {
            return Payload.Outcome.NO_ROOM;
        }
        more.get(bytes, size, more.remaining());
        size = needed;
        return Payload.Outcome.READ;
    }

    /** Whether it drips. A stall is ended by the idle timeout of requests. */
    boolean isTooSlow() {
        return limits.isTooSlow(size, System.nanoTime() - startedAt);
    }

    /** Trims it, once its end has come. False if there was no room to do so. */
    boolean complete() {
        return size == bytes.length || resize(size);
    }

    /** While it is copied both are reserved, since both exist. */
    private boolean resize(int capacity) {
        if (!budget.tryReserve(capacity)) {
            return false;
        }
        int before = bytes.length;
        bytes = Arrays.copyOf(bytes, capacity);
        budget.release(before);
        return true;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Hands the bytes over, to be released by whoever calls. */
    synchronized byte[] take() {
        owned = false;
        return bytes;
    }

    /** At the end of the request. */
    synchronized void release() {
        if (owned) {
            owned = false;
            budget.release(bytes.length);
            bytes = NOTHING;
        }
    }
}
