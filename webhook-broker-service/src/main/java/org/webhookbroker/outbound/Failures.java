package org.webhookbroker.outbound;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.impl.ConnectionShutdownException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.RequestNotExecutedException;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2CorruptFrameException;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.H2StreamResetException;
import org.apache.hc.core5.reactor.IOReactorShutdownException;
import org.apache.hc.core5.util.DeadlineTimeoutException;
import org.slf4j.LoggerFactory;
import org.webhookbroker.outbound.address.BlockedAddressException;
import org.webhookbroker.outbound.tls.TlsFailure;

/**
 * Turns what HttpClient throws into outcomes: a code and a sentence of our own, whatever it is. What nobody expected goes to the
 * log.
 */
final class Failures {
    private static final RareLog LOG = new RareLog(LoggerFactory.getLogger(Failures.class), System::nanoTime);

    private Failures() {}

    static Outcome outcome(Throwable failure, Phase phase, boolean freshConnection) {
        if (failure instanceof BlockedAddressException) {
            return new Outcome.Refused("blocked-address", LogText.of(String.valueOf(failure.getMessage()), 200));
        }
        if (isUntaken(failure)) {
            return new Outcome.Unreachable(
                    "not-processed",
                    Reach.NOBODY,
                    false,
                    "The consumer's server refuses the request, or closes the connection before it takes it");
        }
        if (failure instanceof UnknownHostException) {
            return unreachable("dns", phase, Sentences.unknownHost(failure));
        }
        if (failure instanceof ConnectTimeoutException) {
            return timeout(Phase.CONNECTING);
        }
        if (failure instanceof SocketTimeoutException || failure instanceof DeadlineTimeoutException) {
            return timeout(phase);
        }
        if (failure instanceof ConnectException || failure instanceof NoRouteToHostException) {
            return unreachable("connect", phase, Sentences.unconnected(failure));
        }
        if (failure instanceof SSLException) {
            return tls(TlsFailure.of(failure), phase, freshConnection);
        }
        if (isBadHttp(failure)) {
            return unreachable("bad-response", phase, Sentences.badHttp(failure));
        }
        if (failure instanceof CancellationException
                || failure instanceof ConnectionShutdownException
                || failure instanceof IOReactorShutdownException
                || failure instanceof RejectedExecutionException) {
            return shutdown(phase);
        }
        if (!(failure instanceof IOException)) {
            return unexpected(failure, phase);
        }
        return lost(failure, phase, freshConnection);
    }

    /** By the word of the server the request has not been processed, so that it may be made again (RFC 9113, 6.8 and 8.7). */
    static boolean isUntaken(Throwable failure) {
        return failure instanceof RequestNotExecutedException
                || (failure instanceof H2StreamResetException reset
                        && reset.getCode() == H2Error.REFUSED_STREAM.getCode());
    }

    /** Whoever answers a handshake wrongly is there, and may be somebody else for good. */
    private static Outcome tls(TlsFailure failure, Phase phase, boolean freshConnection) {
        boolean untaken = phase != Phase.SENT || (freshConnection && failure.kind() == TlsFailure.Kind.CLIENT_REFUSED);
        boolean stranger = failure.kind() == TlsFailure.Kind.STRANGER;
        return new Outcome.Unreachable(
                "tls", untaken && !stranger ? Reach.NOBODY : Reach.SOMEBODY, !untaken, failure.sentence());
    }

    private static boolean isBadHttp(Throwable failure) {
        return failure instanceof HttpException
                || failure instanceof MessageConstraintException
                || failure instanceof H2ConnectionException
                || failure instanceof H2CorruptFrameException;
    }

    static Outcome timeout(Phase phase) {
        return switch (phase) {
            case RESOLVING ->
                new Outcome.TimedOut("dns-timeout", Reach.NOBODY, false, "The look-up of the host took too long");
            case WAITING ->
                new Outcome.TimedOut(
                        "pool-timeout", Reach.NOT_TRIED, false, "No connection to the host became free in time");
            case CONNECTING -> new Outcome.TimedOut("connect-timeout", Reach.NOBODY, false, "Connecting took too long");
            case SENT -> new Outcome.TimedOut("timeout", Reach.SOMEBODY, true, "The consumer did not answer in time");
        };
    }

    static Outcome shutdown(Phase phase) {
        Reach reach = phase == Phase.SENT ? Reach.SOMEBODY : Reach.NOT_TRIED;
        return new Outcome.Unreachable("shutdown", reach, phase == Phase.SENT, "The broker is shutting down");
    }

    /** Cut off by our own stop: no failure of the consumer's, so it must not spend the last attempt of a job. */
    static Outcome cutOff(Phase phase) {
        return new Outcome.Unreachable("shutdown", Reach.NOT_TRIED, phase == Phase.SENT, "The broker is shutting down");
    }

    /** The broker withdrew the call before the request was complete. */
    static Outcome withheld() {
        return new Outcome.Unreachable("withheld", Reach.NOT_TRIED, false, "The broker no longer holds the job");
    }

    /** The proxy would or could not pass the request on. */
    static Outcome refusedByProxy(int status) {
        String detail = status == 407
                ? "The proxy answered 407: it wants a user and password, or others than those in its setting"
                : "The proxy would not connect to the host of the consumer, and answered " + status;
        return new Outcome.Unreachable("proxy-" + status, Reach.NOBODY, false, detail);
    }

    /** None of the configuration of this node. To use another would show the consumer to those it does not trust. */
    static Outcome unknownProfile(String name) {
        String detail = "The configuration of this node has no TLS profile " + LogText.of(name, 64);
        return new Outcome.Unreachable("tls-profile", Reach.NOBODY, false, detail);
    }

    static Outcome notByHttps() {
        return new Outcome.Unreachable(
                "no-https",
                Reach.NOBODY,
                false,
                "The callback is called by http, and outbound.requireHttps forbids it");
    }

    static Outcome badResponse(String detail) {
        return new Outcome.Unreachable("bad-response", Reach.SOMEBODY, true, LogText.of(detail, 200));
    }

    /** A fault of a library, for which a consumer is the likely cause once it has the request; otherwise we are. */
    private static Outcome unexpected(Throwable failure, Phase phase) {
        LOG.warn("A call failed unexpectedly", failure);
        return phase == Phase.SENT
                ? badResponse("The answer is not valid HTTP")
                : unreachable("error", phase, "The broker could not make the call; its log says more");
    }

    /** A kept connection lost before any answer is most likely one that the consumer closed for idleness just then. */
    private static Outcome lost(Throwable failure, Phase phase, boolean freshConnection) {
        return unreachable(freshConnection ? "reset" : "stale-connection", phase, Sentences.lost(failure));
    }

    private static Outcome unreachable(String reason, Phase phase, String detail) {
        Reach reach = switch (phase) {
            case WAITING -> Reach.NOT_TRIED;
            case RESOLVING, CONNECTING -> Reach.NOBODY;
            case SENT -> Reach.SOMEBODY;
        };
        return new Outcome.Unreachable(reason, reach, phase == Phase.SENT, LogText.of(detail, 200));
    }
}
