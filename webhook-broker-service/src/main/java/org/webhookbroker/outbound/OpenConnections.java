package org.webhookbroker.outbound;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hc.core5.concurrent.CallbackContribution;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.IOSessionListener;

/**
 * Counts connections, those that rest too. The pool bounds only those to one host, and many hosts can be one stranger's (G8). There
 * are at most twice as many as calls may be under way: when there are more than those, none rests.
 *
 * <p>Remembers their ids, since not every end that is told belongs to a connection that was told: a connect that is cancelled just
 * when it succeeds (HttpCore 5.4.4) completes nothing. Its connection, of which nobody knows, is closed here. Thread-safe.
 */
final class OpenConnections implements IOSessionListener {
    private final int most;
    private final Set<String> open = ConcurrentHashMap.newKeySet();

    OpenConnections(int most) {
        this.most = most;
    }

    /**
     * Whether a connection whose call is over should be closed.
     *
     * @param routes with at least one connection, which may be closed by now: the pool looks only now and then
     */
    boolean areTooMany(int routes) {
        return open.size() > most || routes > 2 * most;
    }

    int count() {
        return open.size();
    }

    /** Opens connections as the other does. */
    ConnectionInitiator counting(ConnectionInitiator other) {
        return (endpoint, remote, local, timeout, attachment, callback) ->
                other.connect(endpoint, remote, local, timeout, attachment, new CallbackContribution<>(callback) {
                    @Override
                    public void completed(IOSession session) {
                        open.add(session.getId());
                        callback.completed(session);
                    }
                });
    }

    @Override
    public void disconnected(IOSession session) {
        open.remove(session.getId());
    }

    /** Comes after {@link #counting} for a connection that is wanted, and for a tunnel twice. */
    @Override
    public void connected(IOSession session) {
        if (!open.contains(session.getId())) {
            session.close(CloseMode.IMMEDIATE);
        }
    }

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
