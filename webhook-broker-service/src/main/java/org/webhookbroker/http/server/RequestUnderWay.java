package org.webhookbroker.http.server;

import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request whose connection is bounded, as {@link ClientConnection} counts it: once, however many parts of it its client is waited for.
 * Thread-safe.
 */
final class RequestUnderWay {
    private static final String ATTRIBUTE = "org.webhookbroker.connection";

    private final ClientConnection connection;
    /** Parts of it that are on their way: its body, a part of its answer. */
    private int waits;

    private boolean ended;

    RequestUnderWay(ClientConnection connection) {
        this.connection = connection;
        connection.begins();
        connection.changeWhole(1);
    }

    void attachTo(Request request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    /** Null if the connections of its connector are not bounded. */
    static @Nullable RequestUnderWay of(Request request) {
        return request.getAttribute(ATTRIBUTE) instanceof RequestUnderWay underWay ? underWay : null;
    }

    /** Its body, or a part of its answer, is on its way. */
    synchronized void waits() {
        waits++;
        if (waits == 1 && !ended) {
            connection.changeWhole(-1);
        }
    }

    /** It is no longer. */
    synchronized void goesOn() {
        waits--;
        if (waits == 0 && !ended) {
            connection.changeWhole(1);
        }
    }

    /** The last time that the body kept its pace, or that the answer was read. */
    void restsFrom(long nanos) {
        connection.restsFrom(nanos);
    }

    synchronized void end() {
        ended = true;
        if (waits == 0) {
            connection.changeWhole(-1);
        }
        connection.ended();
    }
}
