package org.webhookbroker.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.webhookbroker.message.IntakeBudget;

/**
 * Reads request bodies into memory that was reserved before (G8), so that no mix of sizes and of slow senders can fill the
 * heap. Thread-safe.
 */
public final class PayloadReader {
    private static final int FIRST_STEP = 8 << 10;
    private static final byte[] NOTHING = {};

    private final IntakeBudget budget;
    private final int limit;

    /** @param limit largest payload in bytes */
    public PayloadReader(IntakeBudget budget, int limit) {
        this.budget = budget;
        this.limit = limit;
    }

    /** What a body of {@code length} bytes ended as; without a length it is -1. Whoever gets {@code READ} must release it. */
    Payload read(InputStream body, long length) {
        if (length > limit) {
            return Payload.refused(Payload.Outcome.TOO_LARGE);
        }
        try {
            return length >= 0 ? readExactly(body, (int) length) : readToEnd(body);
        } catch (IOException brokenOff) {
            return Payload.refused(Payload.Outcome.UNREADABLE);
        }
    }

    int limit() {
        return limit;
    }

    void release(byte[] payload) {
        budget.release(payload.length);
    }

    private Payload readExactly(InputStream body, int length) throws IOException {
        if (!budget.tryReserve(length)) {
            return Payload.refused(Payload.Outcome.NO_ROOM);
        }
        int kept = 0;
        try {
            byte[] payload = new byte[length];
            if (body.readNBytes(payload, 0, length) < length) {
                return Payload.refused(Payload.Outcome.UNREADABLE);
            }
            kept = length;
            return Payload.read(payload);
        } finally {
            budget.release(length - kept);
        }
    }

    /** The reservation doubles with the buffer; while it is copied both are reserved, since both exist. */
    private Payload readToEnd(InputStream body) throws IOException {
        byte[] buffer = NOTHING;
        int size = 0;
        int reserved = 0;
        int kept = 0;
        try {
            while (true) {
                size += body.readNBytes(buffer, size, buffer.length - size);
                int next = size < buffer.length ? -1 : body.read();
                if (next >= 0 && size == limit) {
                    return Payload.refused(Payload.Outcome.TOO_LARGE);
                }
                int capacity = next < 0 ? size : Math.min(limit, Math.max(FIRST_STEP, 2 * buffer.length));
                if (capacity != buffer.length) {
                    if (!budget.tryReserve(capacity)) {
                        return Payload.refused(Payload.Outcome.NO_ROOM);
                    }
                    reserved += capacity;
                    int before = buffer.length;
                    buffer = Arrays.copyOf(buffer, capacity);
                    budget.release(before);
                    reserved -= before;
                }
                if (next < 0) {
                    kept = size;
                    return Payload.read(buffer);
                }
                buffer[size++] = (byte) next;
            }
        } finally {
            budget.release(reserved - kept);
        }
    }
}
