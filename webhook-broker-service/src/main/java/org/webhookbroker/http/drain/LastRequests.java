package org.webhookbroker.http.drain;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Has the server wait for requests when it stops, and serves those that still come. Ports are closed by then, so they come on
 * connections whose clients do not know yet: HTTP/1.1 ends with this answer, and HTTP/2 was told to go away. Jetty would refuse them.
 */
final class LastRequests extends GracefulHandler {
    LastRequests(Handler handler) {
        super(handler);
    }

    @Override
    protected void handleShutdownRejection(Request request, Response response, Callback callback) {
        try {
            if (!getHandler().handle(request, response, callback)) {
                Response.writeError(request, response, callback, 404);
            }
        } catch (Exception failure) {
            Response.writeError(request, response, callback, failure);
        }
    }
}
