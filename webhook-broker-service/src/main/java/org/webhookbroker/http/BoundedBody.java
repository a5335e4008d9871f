package org.webhookbroker.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.webhookbroker.http.server.Refusal;

/**
 * Reads a request body into memory, up to a limit. Anybody may send one, and while it is awaited it holds a thread of the server.
 * So only a few bodies are awaited at once, and each for a short time (G6).
 */
final class BoundedBody {
    static final int MAX_AWAITED = 16;

    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Semaphore AWAITED = new Semaphore(MAX_AWAITED);

    private BoundedBody() {}

    /** @param what is read, for the text of the refusal: "a form" */
    static byte[] read(ContainerRequestContext request, int limit, String what) {
        try {
            return read(request.getEntityStream(), request.getLength(), limit, what);
        } catch (IOException gone) {
            throw Refusal.of(400, "Bad Request: the body could not be read to its end");
        }
    }

    /** @param length as announced, or -1 */
    private static byte[] read(InputStream stream, int length, int limit, String what) throws IOException {
        long start = System.nanoTime();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] chunk = new byte[8 << 10];
        int count = 0;
        while (count >= 0 && bytes.size() != length) {
            count = readSome(stream, chunk);
            bytes.write(chunk, 0, Math.max(0, count));
            if (bytes.size() > limit) {
                throw Refusal.of(413, "Request Entity Too Large: %s has at most %d bytes".formatted(what, limit));
            }
            if (System.nanoTime() - start > LONGEST.toNanos()) {
                throw Refusal.of(
                        400,
                        "Bad Request: %s must arrive within %d seconds; nothing was done"
                                .formatted(what, LONGEST.toSeconds()));
            }
        }
        return bytes.toByteArray();
    }

    private static int readSome(InputStream stream, byte[] chunk) throws IOException {
        boolean waits = stream.available() == 0;
        if (waits && !AWAITED.tryAcquire()) {
            throw Refusal.tryAgain("too many requests wait for their bodies: nothing was done, try again");
        }
        try {
            return stream.read(chunk);
        } finally {
            AWAITED.release(waits ? 1 : 0);
        }
    }
}
