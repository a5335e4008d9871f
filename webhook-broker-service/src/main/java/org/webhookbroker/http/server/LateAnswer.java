package org.webhookbroker.http.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.AsyncResponse;

/** An answer that comes after the thread of its request has gone on to others. */
public record LateAnswer(AsyncResponse response, AsyncContext context) {
    public static LateAnswer to(HttpServletRequest request, AsyncResponse response) {
        return new LateAnswer(response, request.getAsyncContext());
    }

    /** Back on a thread of the server: whoever does not read its answers must not hold up the thread that has them. */
    public void onServerThread(Runnable task) {
        context.start(task);
    }

    /**
     * Ends the request whatever becomes of the answer. Jersey (3.1) completes it only after the answer's stream was closed, which
     * fails once the client is gone; without this an HTTP/2 stream that was reset would stay open, with all that it holds, until
     * its connection ends (G8).
     */
    public void give(Object answer) {
        try {
            response.resume(answer);
        } finally {
            end();
        }
    }

    /** As {@link #give}, with what the failure is answered by. */
    public void fail(RuntimeException failure) {
        try {
            response.resume(failure);
        } finally {
            end();
        }
    }

    private void end() {
        try {
            context.complete();
        } catch (IllegalStateException endedAlready) {
            // The usual case.
        }
    }
}
