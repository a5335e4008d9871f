package org.webhookbroker.http.server;

import java.util.List;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Is asked of each request to the API whose route is known, before any of its body is read. */
public interface RouteGuard {
    /** Lets everybody pass. */
    RouteGuard NONE = (route, path, request, response, callback) -> false;

    /**
     * True if it has answered the request, which then goes no further.
     *
     * @param path decoded, with a segment for each of the route's
     */
    boolean refuses(Routes.Route route, List<String> path, Request request, Response response, Callback callback);
}
