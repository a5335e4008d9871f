package org.webhookbroker.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.IOException;

/** Reads a request body into memory, up to a limit. */
final class BoundedBody {
    private BoundedBody() {}

    /** @param what is read, for the text of the refusal: "a form" */
    static byte[] read(ContainerRequestContext request, int limit, String what) {
        try {
            byte[] bytes = request.getEntityStream().readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw Refusal.of(413, "Request Entity Too Large: %s has at most %d bytes".formatted(what, limit));
            }
            return bytes;
        } catch (IOException gone) {
            throw Refusal.of(400, "Bad Request: the body could not be read to its end");
        }
    }
}
