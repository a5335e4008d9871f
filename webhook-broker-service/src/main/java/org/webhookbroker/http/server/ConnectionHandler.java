package org.webhookbroker.http.server;

import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** Tells the connection of each request that it has one, so that {@link ConnectionLimit} leaves it alone until the answer has ended. */
final class ConnectionHandler extends Handler.Wrapper {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Connector connector = request.getConnectionMetaData().getConnector();
        ConnectionLimit limit =
                connector instanceof ServerConnector server ? server.getBean(ConnectionLimit.class) : null;
        ClientConnection connection = limit == null ? null : limit.of(request);
        if (connection != null) {
            connection.carries(request);
        }
        return super.handle(request, response, callback);
    }
}
