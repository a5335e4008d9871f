package org.webhookbroker.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.webhookbroker.message.IntakeFactory.Limits;
import org.webhookbroker.message.PayloadBudget;

/**
 * Reads request bodies into memory that is reserved in steps, as the bytes arrive and whatever length was announced, so that no
 * mix of sizes and of slow senders can fill the heap or the budget (G8); nor all threads of the server, since only so many may
 * wait for bytes (G6). Thread-safe.
 */
public final class PayloadReader {
    static final String NO_ROOM = "too many payloads wait to be stored: nothing was stored, try again";

    private static final int FIRST_STEP = 16 << 10;
    private static final int GROWTH = 4;
    private static final byte[] NOTHING = {};

    private final PayloadBudget budget;
    private final Limits limits;
    private final Semaphore mayWait;

    public PayloadReader(PayloadBudget budget, Limits limits) {
        this.budget = budget;
        this.limits = limits;
        this.mayWait = new Semaphore(limits.slowUploads());
    }

    /**
     * What a body of {@code length} bytes ended as; without a length it is -1. Whoever gets {@code READ} must release it.
     *
     * @throws Refusal when the body arrives too slowly
     */
    Payload read(InputStream body, long length) {
        if (length > limits.maxPayload()) {
            return Payload.refused(Payload.Outcome.TOO_LARGE);
        }
        Upload upload = new Upload(body, length);
        Payload payload = Payload.refused(Payload.Outcome.UNREADABLE);
        try {
            payload = upload.read();
        } catch (IOException brokenOff) {
            if (brokenOff.getCause() instanceof TimeoutException) {
                throw Refusal.of(408, tooSlow(limits));
            }
        } finally {
            upload.releaseAllBut(payload.bytes().length);
        }
        return payload;
    }

    /** As {@link #read(InputStream, long)}, or what was read already to check the signature of the request. */
    Payload read(ContainerRequestContext request, long length) {
        return request.getProperty(BufferedBody.ATTRIBUTE) instanceof BufferedBody body
                ? Payload.read(body.take())
                : read(request.getEntityStream(), length);
    }

    /** How large a buffer becomes that is full with {@code size} bytes. */
    static int nextStep(int size, int bound) {
        return Math.min(bound, Math.max(FIRST_STEP, GROWTH * size));
    }

    static String tooLarge(int limit) {
        return "payload is larger than the limit of " + limit + " bytes";
    }

    int limit() {
        return limits.maxPayload();
    }

    void release(byte[] payload) {
        budget.release(payload.length);
    }

    static String tooSlow(Limits limits) {
        return "Request Timeout: the payload arrived at less than %d bytes a second, nothing was stored"
                .formatted(limits.minUploadRate());
    }

    /** One body: a buffer that grows with what has arrived. While it is copied both are reserved, since both exist. */
    private final class Upload {
        private final InputStream body;
        private final boolean announced;
        private final int bound;
        private final long startedAt = System.nanoTime();
        private byte[] buffer = NOTHING;
        private int size;
        private long reserved;

        Upload(InputStream body, long length) {
            this.body = body;
            this.announced = length >= 0;
            this.bound = announced ? (int) length : limits.maxPayload();
        }

        Payload read() throws IOException {
            while (size < bound) {
                if (size == buffer.length && !resize(nextStep(size, bound))) {
                    return Payload.refused(Payload.Outcome.NO_ROOM);
                }
                boolean waits = body.available() == 0;
                if (waits && !mayWait.tryAcquire()) {
                    return Payload.refused(Payload.Outcome.NO_ROOM);
                }
                int count;
                try {
                    count = body.read(buffer, size, buffer.length - size);
                } finally {
                    mayWait.release(waits ? 1 : 0);
                }
                if (count < 0) {
                    break;
                }
                size += count;
                requirePace();
            }
            if (announced && size < bound) {
                return Payload.refused(Payload.Outcome.UNREADABLE);
            }
            if (!announced && size == bound && body.read() >= 0) {
                return Payload.refused(Payload.Outcome.TOO_LARGE);
            }
            boolean whole = size == buffer.length || resize(size);
            return whole ? Payload.read(buffer) : Payload.refused(Payload.Outcome.NO_ROOM);
        }

        private boolean resize(int capacity) {
            if (!budget.tryReserve(capacity)) {
                return false;
            }
            reserved += capacity;
            int before = buffer.length;
            buffer = Arrays.copyOf(buffer, capacity);
            budget.release(before);
            reserved -= before;
            return true;
        }

        /** A stall is ended by the idle timeout of requests; this ends bodies that drip. */
        private void requirePace() {
            if (size < bound && limits.isTooSlow(size, System.nanoTime() - startedAt)) {
                throw Refusal.of(408, tooSlow(limits));
            }
        }

        void releaseAllBut(int kept) {
            budget.release(reserved - kept);
        }
    }
}
