package org.webhookbroker.http.server;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Bounds the connections of a connector. While there are as many as may be, each one that rests ends after {@code restMillis},
 * whenever it began to rest. Jetty (12.1.5) shortens the idle timeout once, and the end of a request sets it back to the long one.
 */
final class ConnectionLimit extends NetworkConnectionLimit {
    private final ServerConnector connector;
    private final long restMillis;
    private boolean limiting;

    ConnectionLimit(int maxConnections, ServerConnector connector, long restMillis) {
        super(maxConnections, connector);
        this.connector = connector;
        this.restMillis = restMillis;
        setEndPointIdleTimeout(restMillis);
    }

    @Override
    protected synchronized void limit() {
        super.limit();
        limiting = true;
        shortenLater();
    }

    @Override
    protected synchronized void unlimit() {
        limiting = false;
        super.unlimit();
    }

    private void shortenLater() {
        var unused = connector.getScheduler().schedule(this::shorten, restMillis, TimeUnit.MILLISECONDS);
    }

    private synchronized void shorten() {
        if (limiting) {
            connector.getConnectedEndPoints().forEach(endPoint -> endPoint.setIdleTimeout(restMillis));
            shortenLater();
        }
    }
}
