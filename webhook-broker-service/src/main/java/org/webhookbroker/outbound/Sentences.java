package org.webhookbroker.outbound;

import java.net.NoRouteToHostException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2CorruptFrameException;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.H2StreamResetException;
import org.webhookbroker.outbound.tls.FailureText;

/**
 * Says in our words what an exception means. Texts of libraries are looked at and never shown: they name classes, change with each
 * version, and some hold what a stranger sent.
 */
final class Sentences {
    private Sentences() {}

    /** Resolvers put the name first, and may say more after a colon. */
    static String unknownHost(Throwable failure) {
        String host = FailureText.of(failure).replaceFirst(":.*", "").strip();
        return host.isEmpty() ? "No address found for the host" : "No address found for host " + host;
    }

    static String unconnected(Throwable failure) {
        String host = failure instanceof HttpHostConnectException known && known.getHost() != null
                ? known.getHost().getHostName() + ":" + known.getHost().getPort()
                : "the host";
        if (FailureText.has(failure, "refused")) {
            return "The connection to " + host + " was refused";
        }
        boolean routeless =
                failure instanceof NoRouteToHostException || FailureText.has(failure, "unreachable", "no route");
        return routeless ? "There is no route to " + host : "No connection to " + host + " could be opened";
    }

    static String badHttp(Throwable failure) {
        if (failure instanceof MessageConstraintException) {
            return "The head of the answer is too large";
        }
        return failure instanceof H2ConnectionException || failure instanceof H2CorruptFrameException
                ? "The answer is not valid HTTP/2"
                : "The answer is not valid HTTP";
    }

    static String lost(Throwable failure) {
        if (failure instanceof H2StreamResetException reset) {
            H2Error known = H2Error.getByCode(reset.getCode());
            String error = known == null ? "0x" + Integer.toHexString(reset.getCode()) : known.name();
            return "The request was cut off before an answer, with the HTTP/2 error " + error;
        }
        return failure instanceof ConnectionClosedException
                ? "The consumer closed the connection before an answer"
                : "The connection was lost before an answer";
    }
}
