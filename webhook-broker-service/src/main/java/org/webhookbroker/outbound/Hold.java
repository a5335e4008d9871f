package org.webhookbroker.outbound;

import java.util.concurrent.Future;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.jspecify.annotations.Nullable;

/** What an {@link Exchange} holds inside HttpClient, to let go of it when it ends. Thread-safe. */
final class Hold {
    private volatile @Nullable Future<Void> running;
    private volatile @Nullable Future<?> connect;
    private volatile @Nullable AsyncExecRuntime connection;

    void running(Future<Void> exchange) {
        running = exchange;
    }

    void connecting(Future<?> connecting) {
        connect = connecting;
    }

    /** There is a connection from here on: a proxy may keep us waiting on it before it lets us through to the target. */
    void connection(AsyncExecRuntime runtime) {
        connection = runtime;
    }

    /**
     * Closes the connection, unless the exchange is over and the pool has it back. Cancelling HttpClient's future is not
     * enough: after a lease granted at once, which is nearly every one, the future holds on to the lease and no longer knows
     * of the connect or the exchange (AsyncConnectExec 5.5.2 sets the dependencies in the wrong order).
     */
    void letGo() {
        cancel(running);
        cancel(connect);
        AsyncExecRuntime held = connection;
        if (held != null) {
            held.discardEndpoint();
        }
    }

    static void cancel(@Nullable Future<?> future) {
        if (future != null) {
            future.cancel(true);
        }
    }
}
