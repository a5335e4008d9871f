package org.webhookbroker.http.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.AsyncResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.ConnectionMetaData;

/**
 * The answer to a request whose own thread does not wait for it.
 *
 * @param threads of the server. Not {@code AsyncContext.start}: it drops a queued task if the request ends first.
 */
public record LateAnswer(AsyncResponse response, AsyncContext context, Executor threads) {
    LateAnswer(AsyncResponse response, AsyncContext context) {
        this(response, context, jetty(context.getRequest()).getComponents().getExecutor());
    }

    /**
     * Runs what answers a request, now or later; if that fails, the failure is the answer. A method with {@code @Suspended} must not
     * throw: Jersey would leave the request open if the client is gone, see {@link #give}.
     */
    public static void to(HttpServletRequest request, AsyncResponse response, Consumer<LateAnswer> giver) {
        LateAnswer answer = new LateAnswer(response, request.getAsyncContext());
        try {
            giver.accept(answer);
        } catch (RuntimeException failure) {
            answer.fail(failure);
        }
    }

    /** Says what memory the answer holds until it is written. */
    public void holds(String memory) {
        request().ifPresent(request -> request.setAttribute(SlowReaders.MEMORY_ATTRIBUTE, memory));
    }

    /** There is no more of this memory: of the answers that hold it, the one that has waited longest for its reader is given up. */
    public void reclaim(String memory) {
        connection()
                .map(connection -> connection.getConnector().getServer().getDescendants(SlowReaders.class))
                .orElseGet(List::of)
                .forEach(readers -> readers.closeSlowestThatHolds(memory));
    }

    /**
     * Runs a task on a thread of the server, so that a client that does not read its answer cannot hold up the caller's thread. It is run
     * even if the request is over by then: what it holds must be let go (G8).
     */
    public void onServerThread(Runnable task) {
        threads.execute(task);
    }

    /** Nobody waits for the answer any more, such as after a reset of its HTTP/2 stream: giving it does nothing. */
    public boolean isOver() {
        return request().isEmpty();
    }

    /** Empty once it is over. */
    private Optional<ServletRequest> request() {
        try {
            return Optional.ofNullable(context.getRequest());
        } catch (IllegalStateException | NullPointerException ended) {
            return Optional.empty(); // The latter from Jetty, if it ends at this moment.
        }
    }

    /**
     * Answers, and ends the request even if that fails. Jersey (3.1) ends a request only after it has closed the answer's stream,
     * which fails once the client is gone: an HTTP/2 stream that was reset would stay open, with all that it holds, until its
     * connection ends (G8).
     */
    public void give(Object answer) {
        endUnlessEnded(() -> response.resume(answer));
    }

    /** As {@link #give}, with the answer that belongs to the failure. If nobody is there to read it, Jersey would only log that. */
    public void fail(RuntimeException failure) {
        connection().ifPresent(connection -> {
            if (connection.getConnection().getEndPoint().isOpen()) {
                endUnlessEnded(() -> response.resume(failure));
            } else {
                end();
            }
        });
    }

    private void endUnlessEnded(BooleanSupplier resume) {
        if (isOver()) {
            return;
        }
        boolean ended = false;
        try {
            boolean answered = resume.getAsBoolean();
            ended = request()
                    .map(request -> answered && request.getAttribute(SlowReaders.GONE_ATTRIBUTE) == null)
                    .orElse(true);
        } catch (IllegalStateException endedAlready) {
            ended = true; // The request that the context had is over.
        } finally {
            if (!ended) {
                end();
            }
        }
    }

    private Optional<ConnectionMetaData> connection() {
        return request().map(request -> jetty(request).getConnectionMetaData());
    }

    private static ServletContextRequest jetty(ServletRequest request) {
        return ServletContextRequest.getServletContextRequest(request);
    }

    /**
     * Only for a request that nobody else ends: Jetty uses its objects again for the next request at once, which this would end in place of
     * the one before, with an empty 200.
     */
    private void end() {
        try {
            context.complete();
        } catch (IllegalStateException endedAlready) {
            // By whoever came first.
        }
    }
}
