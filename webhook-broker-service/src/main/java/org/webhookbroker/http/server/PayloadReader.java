package org.webhookbroker.http.server;

import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.server.Request;
import org.webhookbroker.background.ByteBudget;
import org.webhookbroker.message.IntakeFactory.Limits;

/**
 * Reads payloads into memory that is reserved as the bytes arrive, so that no mix of sizes and of slow senders can fill the heap,
 * the budget or the threads of the server (G6, G8). Thread-safe.
 */
public final class PayloadReader {
    static final String NO_ROOM = "too many payloads wait to be stored: nothing was stored, try again";

    private final ByteBudget budget;
    private final Limits limits;
    private final AwaitedBodies bodies;

    public PayloadReader(ByteBudget budget, Limits limits) {
        this.budget = budget;
        this.limits = limits;
        this.bodies = new AwaitedBodies(budget, Pace.of(limits), Pace.of(limits));
    }

    /**
     * The body of a request, which was read already if its signature was checked. The caller must release it. It fails with a
     * {@link Refusal} when the body is too large, too slow or cut off, or when there is no room for it. Nobody may have read any of it.
     */
    public CompletableFuture<byte[]> read(Request request) {
        if (request.getAttribute(BodyBuffer.ATTRIBUTE) instanceof BodyBuffer body) {
            try {
                return CompletableFuture.completedFuture(body.take());
            } catch (IllegalStateException ended) {
                return CompletableFuture.failedFuture(ended);
            }
        }
        if (request.getLength() > limits.maxPayload()) {
            return CompletableFuture.failedFuture(Refusal.of(413, tooLarge(limits)));
        }
        CompletableFuture<byte[]> payload = new CompletableFuture<>();
        bodies.read(request, limits.maxPayload(), new BodyReceiver() {
            @Override
            public void whole(BodyBuffer body) {
                if (body.trim()) {
                    payload.complete(body.take());
                } else {
                    refused(BodyTrouble.NO_ROOM);
                }
            }

            @Override
            public void refused(BodyTrouble why) {
                payload.completeExceptionally(refusal(why));
            }

            @Override
            public void failed(Throwable failure) {
                payload.completeExceptionally(failure);
            }
        });
        return payload;
    }

    /** Bytes that the body has, by what its request says: as many as a payload may have at most, and 1 at least. */
    public long announced(Request request) {
        return Math.max(1, Math.min(limits.maxPayload(), request.getLength()));
    }

    public void release(byte[] payload) {
        budget.release(payload.length);
    }

    private Refusal refusal(BodyTrouble why) {
        return switch (why) {
            case TOO_LARGE -> Refusal.of(413, tooLarge(limits));
            case TOO_SLOW -> Refusal.of(408, tooSlow(limits));
            case NO_ROOM -> Refusal.tryAgain(NO_ROOM);
            case MALFORMED -> Refusal.of(400, "body could not be read");
            case CUT_OFF -> Refusal.of(500, "body could not be read");
        };
    }

    static String tooLarge(Limits limits) {
        return "payload is larger than the limit of " + limits.maxPayload() + " bytes";
    }

    static String tooSlow(Limits limits) {
        return "Request Timeout: the payload arrived at less than %s bytes a second, nothing was stored"
                .formatted(limits.minUploadRate());
    }
}
