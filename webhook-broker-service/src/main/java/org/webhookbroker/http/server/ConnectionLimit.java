package org.webhookbroker.http.server;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the connections of a connector. While there are as many as may be, each one that rests ends after {@code restMillis},
 * whenever it began to rest. Jetty (12.1.5) shortens the idle timeout once, and the end of a request sets it back to the long one.
 */
final class ConnectionLimit extends NetworkConnectionLimit {
    private final ServerConnector connector;
    private final long restMillis;
    /** Null while there are fewer connections. Near the limit Jetty goes to and fro with every connection: only one task is current. */
    private @Nullable Shortening current;

    ConnectionLimit(int maxConnections, ServerConnector connector, long restMillis) {
        super(maxConnections, connector);
        this.connector = connector;
        this.restMillis = restMillis;
        setEndPointIdleTimeout(restMillis);
    }

    @Override
    protected synchronized void limit() {
        super.limit();
        if (current == null) {
            current = new Shortening();
        }
    }

    @Override
    protected synchronized void unlimit() {
        if (current != null) {
            current.task.cancel();
            current = null;
        }
        super.unlimit();
    }

    private synchronized void shorten(Shortening shortening) {
        if (shortening == current) {
            current = new Shortening();
            connector.getConnectedEndPoints().forEach(endPoint -> endPoint.setIdleTimeout(restMillis));
        }
    }

    private final class Shortening implements Runnable {
        private final Scheduler.Task task = connector.getScheduler().schedule(this, restMillis, TimeUnit.MILLISECONDS);

        @Override
        public void run() {
            shorten(this);
        }
    }
}
