package org.webhookbroker.http.server;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.webhookbroker.background.ByteBudget;
import org.webhookbroker.message.IntakeFactory.Limits;

/**
 * Reads payloads into memory that is reserved as the bytes arrive, so that no mix of sizes and of slow senders can fill the heap
 * or the budget (G8). Only so many bodies may wait for bytes at once, because each holds a thread of the server (G6). Thread-safe.
 */
public final class PayloadReader {
    static final String NO_ROOM = "too many payloads wait to be stored: nothing was stored, try again";

    private final ByteBudget budget;
    private final Limits limits;
    private final Semaphore mayWait;

    public PayloadReader(ByteBudget budget, Limits limits) {
        this.budget = budget;
        this.limits = limits;
        this.mayWait = new Semaphore(limits.slowUploads());
    }

    /**
     * The body of a request, which was read already if its signature was checked. The caller must release it.
     *
     * @param length as announced, or -1
     * @throws Refusal when it is too large, too slow or cut off, or when there is no room for it
     */
    public byte[] read(ContainerRequestContext request, long length) {
        return request.getProperty(BodyBuffer.ATTRIBUTE) instanceof BodyBuffer body
                ? body.take()
                : read(request.getEntityStream(), length);
    }

    public void release(byte[] payload) {
        budget.release(payload.length);
    }

    private byte[] read(InputStream body, long length) {
        if (length > limits.maxPayload()) {
            throw Refusal.of(413, tooLarge(limits));
        }
        BodyBuffer buffer = new BodyBuffer(budget, limits, length);
        try {
            fill(buffer, body);
            if (length >= 0 && !buffer.isFull()) {
                throw unreadable();
            }
            if (length < 0 && buffer.isFull() && body.read() >= 0) {
                throw Refusal.of(413, tooLarge(limits));
            }
            if (!buffer.trim()) {
                throw Refusal.tryAgain(NO_ROOM);
            }
            return buffer.take();
        } catch (IOException brokenOff) {
            throw brokenOff.getCause() instanceof TimeoutException ? tooSlow() : unreadable();
        } finally {
            buffer.release();
        }
    }

    private void fill(BodyBuffer buffer, InputStream body) throws IOException {
        boolean more = !buffer.isFull();
        while (more) {
            if (!buffer.makeRoom(1)) {
                throw Refusal.tryAgain(NO_ROOM);
            }
            boolean ended = readSome(buffer, body) < 0;
            if (!ended && buffer.isTooSlow()) {
                throw tooSlow();
            }
            more = !ended && !buffer.isFull();
        }
    }

    private int readSome(BodyBuffer buffer, InputStream body) throws IOException {
        boolean waits = body.available() == 0;
        if (waits && !mayWait.tryAcquire()) {
            throw Refusal.tryAgain(NO_ROOM);
        }
        try {
            return buffer.readFrom(body);
        } finally {
            mayWait.release(waits ? 1 : 0);
        }
    }

    private static Refusal unreadable() {
        return Refusal.of(500, "body could not be read");
    }

    private Refusal tooSlow() {
        return Refusal.of(408, tooSlow(limits));
    }

    static String tooLarge(Limits limits) {
        return "payload is larger than the limit of " + limits.maxPayload() + " bytes";
    }

    static String tooSlow(Limits limits) {
        return "Request Timeout: the payload arrived at less than %d bytes a second, nothing was stored"
                .formatted(limits.minUploadRate());
    }
}
