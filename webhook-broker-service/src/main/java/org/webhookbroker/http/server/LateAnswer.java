package org.webhookbroker.http.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.AsyncResponse;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Server;

/**
 * The answer to a request whose own thread does not wait for it.
 *
 * @param threads of the server. Not {@code AsyncContext.start}: what that has queued it drops if the request is over meanwhile
 */
public record LateAnswer(AsyncResponse response, AsyncContext context, Executor threads) {
    LateAnswer(AsyncResponse response, AsyncContext context) {
        this(response, context, jetty(context).getComponents().getExecutor());
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
        context.getRequest().setAttribute(SlowReaders.MEMORY_ATTRIBUTE, memory);
    }

    /** There is no more of this memory: of the answers that hold it, the one that has waited longest for its reader is given up. */
    public void reclaim(String memory) {
        Server server = connection().getConnector().getServer();
        server.getDescendants(SlowReaders.class).forEach(readers -> readers.closeSlowestThatHolds(memory));
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
        try {
            return context.getRequest() == null;
        } catch (IllegalStateException | NullPointerException ended) {
            return true; // The latter from Jetty, if it ends at this moment.
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
        if (isOver()) {
            return;
        }
        if (connection().getConnection().getEndPoint().isOpen()) {
            endUnlessEnded(() -> response.resume(failure));
        } else {
            end();
        }
    }

    private void endUnlessEnded(BooleanSupplier resume) {
        if (isOver()) {
            return;
        }
        boolean ended = false;
        try {
            ended = resume.getAsBoolean() && context.getRequest().getAttribute(SlowReaders.GONE_ATTRIBUTE) == null;
        } catch (IllegalStateException endedAlready) {
            ended = true; // The request that the context had is over.
        } finally {
            if (!ended) {
                end();
            }
        }
    }

    private ConnectionMetaData connection() {
        return jetty(context).getConnectionMetaData();
    }

    private static ServletContextRequest jetty(AsyncContext context) {
        return ServletContextRequest.getServletContextRequest(context.getRequest());
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
