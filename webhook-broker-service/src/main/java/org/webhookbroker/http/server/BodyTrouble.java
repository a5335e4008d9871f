package org.webhookbroker.http.server;

import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.Request;

/** Why a body was not read to its end. */
enum BodyTrouble {
    TOO_LARGE,
    TOO_SLOW,
    NO_ROOM,
    MALFORMED,
    CUT_OFF;

    /** What a failed read means. */
    static BodyTrouble of(Request request, Throwable failure) {
        if (failure instanceof TimeoutException) {
            return TOO_SLOW;
        }
        boolean hungUp =
                request.getConnectionMetaData().getConnection().getEndPoint().isInputShutdown();
        return hungUp ? CUT_OFF : MALFORMED;
    }
}
