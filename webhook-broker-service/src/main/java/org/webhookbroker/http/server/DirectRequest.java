package org.webhookbroker.http.server;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.webhookbroker.background.FewThreads;

/**
 * A request that is answered beside servlets and Jersey, which took more than half of what a broadcast cost. It is answered once, now or
 * later, by whoever comes first: after that Jetty uses its objects for the next request, so nobody may touch them. Thread-safe.
 */
public final class DirectRequest {
    /** Has one method, whose annotations say its route as those of any resource do. Its class is no resource of Jersey. */
    public interface Resource {
        /** Answers the request, now or later. It must not wait for anything. What it throws is the answer. */
        void answer(DirectRequest request);
    }

    /** Where a request goes to, as the routing has found. */
    record Target(Resource resource, Routes.Route route, List<String> path) {
        private static final String ATTRIBUTE = Target.class.getName();

        void attachTo(Request request) {
            request.setAttribute(ATTRIBUTE, this);
        }

        /** Whether the request goes past Jersey. */
        static boolean isOf(Request request) {
            return request.getAttribute(ATTRIBUTE) != null;
        }
    }

    /** Stands inside whatever counts requests and waits for them, and before the servlets. */
    static final class Entrance extends Handler.Wrapper {
        private Executor answering = Runnable::run;

        @Override
        protected void doStart() throws Exception {
            super.doStart();
            answering = new FewThreads(
                    getServer().getThreadPool(), Runtime.getRuntime().availableProcessors());
        }

        @Override
        public boolean handle(Request request, org.eclipse.jetty.server.Response response, Callback callback)
                throws Exception {
            return request.getAttribute(Target.ATTRIBUTE) instanceof Target target
                    ? handle(target, new DirectRequest(target, request, response, callback, answering))
                    : super.handle(request, response, callback);
        }

        private static boolean handle(Target target, DirectRequest request) {
            try {
                target.resource.answer(request);
            } catch (RuntimeException failure) {
                request.fail(failure);
            } catch (Error failure) { // Otherwise a late answer would go into what Jetty uses for the next request.
                request.giveUp(failure);
            }
            return true;
        }
    }

    private final Target target;
    private final Request request;
    private final org.eclipse.jetty.server.Response response;
    private final Callback callback;
    private final Executor answering;
    /** Jetty does not tell it any more once the request is over. */
    private final Executor executor;

    private final AtomicBoolean over = new AtomicBoolean();

    private DirectRequest(
            Target target,
            Request request,
            org.eclipse.jetty.server.Response response,
            Callback callback,
            Executor answering) {
        this.target = target;
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.answering = answering;
        this.executor = request.getComponents().getExecutor();
        request.addFailureListener(this::giveUp);
        // A client that waits for its answer has nothing to send.
        request.addIdleTimeoutListener(timeout -> false);
    }

    /** Such as an HTTP/2 stream that was reset. */
    private void giveUp(Throwable why) {
        if (over.compareAndSet(false, true)) {
            callback.failed(new Request.Handler.AbortException(why));
        }
    }

    /** As Jetty has it; not to be touched once this is over. */
    public Request jetty() {
        return request;
    }

    /** What stands in the place of {@code {name}} in the path. */
    public String parameter(String name) {
        return target.route.parameter(name, target.path).orElse("");
    }

    /** Empty text when the header is missing. */
    public String header(String name) {
        return RequestHeaders.first(request, name);
    }

    /** Nobody waits for the answer any more: giving it does nothing. */
    public boolean isOver() {
        return over.get();
    }

    /** Runs a task on a thread of the server. It is run even if the request is over by then: what it holds must be let go (G8). */
    public void onServerThread(Runnable task) {
        executor.execute(task);
    }

    /** Gives an answer on a thread of the server, which gives many: none waits for its reader. */
    public void soon(Runnable answer) {
        answering.execute(answer);
    }

    /** 201 without a body. The location goes out as it is, whatever an id in it holds. */
    public void created(String location) {
        end(() -> {
            response.setStatus(201);
            response.getHeaders().put(HttpHeader.LOCATION, RequestHeaders.encode(location));
            response.write(true, null, callback);
        });
    }

    /** The answer that belongs to the failure, as Jersey would give it. If nobody is there to read it, none. */
    public void fail(RuntimeException failure) {
        end(() -> {
            if (request.getConnectionMetaData().getConnection().getEndPoint().isOpen()) {
                Answers.write(response, callback, answer(failure));
            } else {
                callback.failed(new Request.Handler.AbortException(failure));
            }
        });
    }

    private Response answer(RuntimeException failure) {
        return failure instanceof WebApplicationException known
                        && known.getResponse().hasEntity()
                ? known.getResponse()
                : UnexpectedErrorMapper.answer(
                        failure,
                        request.getAttribute(RequestId.NAME),
                        request.getMethod(),
                        request.getHttpURI().getPath());
    }

    private void end(Runnable write) {
        if (over.compareAndSet(false, true)) {
            try {
                write.run();
            } catch (RuntimeException | Error failure) {
                callback.failed(failure);
            }
        }
    }
}
