package org.webhookbroker.outbound;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.core5.concurrent.CallbackContribution;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.IOSessionListener;

/**
 * Counts connections, those that rest too. The pool bounds only those to one host, and many hosts can be one stranger's (G8). There
 * are at most twice as many as calls may be under way: when there are more than those, none rests. Thread-safe.
 */
final class OpenConnections implements IOSessionListener {
    private final int most;
    private final AtomicInteger open = new AtomicInteger();

    OpenConnections(int most) {
        this.most = most;
    }

    /** Whether a connection whose call is over should be closed. */
    boolean areTooMany() {
        return open.get() > most;
    }

    /** Opens connections as the other does. */
    ConnectionInitiator counting(ConnectionInitiator other) {
        return (endpoint, remote, local, timeout, attachment, callback) ->
                other.connect(endpoint, remote, local, timeout, attachment, new CallbackContribution<>(callback) {
                    @Override
                    public void completed(IOSession session) {
                        open.incrementAndGet();
                        callback.completed(session);
                    }
                });
    }

    @Override
    public void disconnected(IOSession session) {
        open.decrementAndGet();
    }

    /** Comes twice for a tunnel. */
    @Override
    public void connected(IOSession session) {}

    @Override
    public void startTls(IOSession session) {}

    @Override
    public void inputReady(IOSession session) {}

    @Override
    public void outputReady(IOSession session) {}

    @Override
    public void timeout(IOSession session) {}

    @Override
    public void exception(IOSession session, Exception cause) {}
}
