package org.webhookbroker.outbound;

import java.net.NoRouteToHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2CorruptFrameException;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.H2StreamResetException;

/**
 * Says in our words what an exception means. Texts of libraries are looked at and never shown: they name classes, change with each
 * version, and some hold what a stranger sent.
 */
final class Sentences {
    private static final Pattern ALERT = Pattern.compile("(?:fatal )?alert: ([a-z_]{1,60})");

    private Sentences() {}

    /** Resolvers put the name first, and may say more after a colon. */
    static String unknownHost(Throwable failure) {
        String host = text(failure).replaceFirst(":.*", "").strip();
        return host.isEmpty() ? "No address found for the host" : "No address found for host " + host;
    }

    static String unconnected(Throwable failure) {
        String host = failure instanceof HttpHostConnectException known && known.getHost() != null
                ? known.getHost().getHostName() + ":" + known.getHost().getPort()
                : "the host";
        if (has(failure, "refused")) {
            return "The connection to " + host + " was refused";
        }
        boolean routeless = failure instanceof NoRouteToHostException || has(failure, "unreachable", "no route");
        return routeless ? "There is no route to " + host : "No connection to " + host + " could be opened";
    }

    static String tls(Throwable failure) {
        Matcher alert = ALERT.matcher(text(failure));
        if (failure instanceof SSLPeerUnverifiedException || has(failure, "subject alternative", "no name matching")) {
            return "The certificate of the consumer is for another host";
        }
        if (isBy(failure, CertificateExpiredException.class)) {
            return "The certificate of the consumer has expired";
        }
        if (isBy(failure, CertificateNotYetValidException.class)) {
            return "The certificate of the consumer is not valid yet";
        }
        if (isBy(failure, CertPathBuilderException.class)
                || isBy(failure, CertPathValidatorException.class)
                || isBy(failure, CertificateException.class)) {
            return "The certificate of the consumer is not trusted";
        }
        if (alert.find()) {
            return "The consumer refused TLS, with the alert " + alert.group(1);
        }
        return has(failure, "unrecognized ssl message", "plaintext")
                ? "The consumer does not speak TLS on this port"
                : "No TLS connection came about";
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

    private static boolean isBy(Throwable failure, Class<? extends Throwable> kind) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (kind.isInstance(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean has(Throwable failure, String... parts) {
        String text = text(failure).toLowerCase(Locale.ROOT);
        for (String part : parts) {
            if (text.contains(part)) {
                return true;
            }
        }
        return false;
    }

    private static String text(Throwable failure) {
        return failure.getMessage() == null ? "" : failure.getMessage();
    }
}
