package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.RequestNotExecutedException;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2CorruptFrameException;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.H2StreamResetException;
import org.apache.hc.core5.http2.hpack.HPackException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is thrown, operators read a code and a sentence: no names of classes, no texts of libraries. */
class FailuresTest {
    private static final String LIBRARY =
            "HTTP/1.1 000 at org.apache.hc.core5.Frame.ordinal() of \"Invalid\" frameType: null";

    static Stream<Arguments> sentences() {
        return Stream.of(
                row(new NullPointerException(LIBRARY), "bad-response", "The answer is not valid HTTP"),
                row(new StackOverflowError(), "bad-response", "The answer is not valid HTTP"),
                row(new ProtocolException(LIBRARY), "bad-response", "The answer is not valid HTTP"),
                row(new HPackException(LIBRARY), "bad-response", "The answer is not valid HTTP"),
                row(new MessageConstraintException(LIBRARY), "bad-response", "The head of the answer is too large"),
                row(new H2CorruptFrameException(LIBRARY), "bad-response", "The answer is not valid HTTP/2"),
                row(
                        new H2ConnectionException(H2Error.PROTOCOL_ERROR, LIBRARY),
                        "bad-response",
                        "The answer is not valid HTTP/2"),
                row(
                        new H2StreamResetException(H2Error.CANCEL, LIBRARY),
                        "reset",
                        "The request was cut off before an answer, with the HTTP/2 error CANCEL"),
                row(
                        new H2StreamResetException(0xfedcba98, LIBRARY),
                        "reset",
                        "The request was cut off before an answer, with the HTTP/2 error 0xfedcba98"),
                row(
                        new RequestNotExecutedException(),
                        "not-processed",
                        "The consumer's server refuses the request, or closes the connection before it takes it"),
                row(
                        new ConnectionClosedException(LIBRARY),
                        "reset",
                        "The consumer closed the connection before an answer"),
                row(new SocketException(LIBRARY), "reset", "The connection was lost before an answer"),
                row(new ClosedChannelException(), "reset", "The connection was lost before an answer"),
                row(
                        new UnknownHostException("a.test: Name or service not known"),
                        "dns",
                        "No address found for host a.test"),
                row(new UnknownHostException(), "dns", "No address found for the host"),
                row(new ConnectException("Connection refused"), "connect", "The connection to the host was refused"),
                row(new ConnectException("Network is unreachable"), "connect", "There is no route to the host"),
                row(new ConnectException(), "connect", "No connection to the host could be opened"),
                row(new NoRouteToHostException(), "connect", "There is no route to the host"),
                row(new SSLException(LIBRARY), "tls", "No TLS connection came about"),
                row(
                        new SSLException("Unsupported or unrecognized SSL message"),
                        "tls",
                        "The consumer does not speak TLS on this port"),
                row(
                        new SSLHandshakeException("Received fatal alert: handshake_failure"),
                        "tls",
                        "The consumer has no cipher that the broker takes (of TLS 1.2 or newer, none with CBC or RSA key exchange), or wants a client"
                                + " certificate: alert handshake_failure"),
                row(
                        new SSLPeerUnverifiedException(LIBRARY),
                        "tls",
                        "The certificate of the consumer is for another host"),
                row(
                        caused(new SSLHandshakeException(LIBRARY), new CertPathBuilderException(LIBRARY)),
                        "tls",
                        "The certificate of the consumer is not trusted"),
                row(
                        caused(new SSLHandshakeException(LIBRARY), new CertificateExpiredException()),
                        "tls",
                        "The certificate of the consumer has expired"),
                row(
                        caused(new SSLHandshakeException(LIBRARY), new CertificateNotYetValidException()),
                        "tls",
                        "The certificate of the consumer is not valid yet"),
                row(new RejectedExecutionException(LIBRARY), "shutdown", "The broker is shutting down"));
    }

    private static Arguments row(Throwable failure, String reason, String detail) {
        return Arguments.of(failure, reason, detail);
    }

    private static Throwable caused(Throwable failure, Throwable cause) {
        return failure.initCause(cause);
    }

    @ParameterizedTest
    @MethodSource("sentences")
    void aSentenceOfOurOwn(Throwable failure, String reason, String detail) {
        Outcome outcome = Failures.outcome(failure, Phase.SENT, true);

        assertThat(outcome.reason()).isEqualTo(reason);
        assertThat(outcome.detail()).isEqualTo(detail);
    }

    /** Also those that nobody has thought of, at any time. */
    @ParameterizedTest
    @EnumSource(Phase.class)
    void everyFailureIsAnOutcome(Phase phase) {
        List<Throwable> failures = new ArrayList<>(List.of(
                new IOException(LIBRARY),
                new HttpException(LIBRARY),
                new MalformedChunkCodingException(LIBRARY),
                new SocketTimeoutException(LIBRARY),
                new UncheckedIOException(new IOException(LIBRARY)),
                new CompletionException(new OutOfMemoryError(LIBRARY)),
                new IllegalStateException(LIBRARY),
                new Exception(LIBRARY),
                new Error(LIBRARY) {},
                new IOException((String) null)));
        sentences().forEach(row -> failures.add((Throwable) row.get()[0]));
        for (Throwable failure : failures) {
            for (boolean fresh : new boolean[] {true, false}) {
                Outcome outcome = Failures.outcome(failure, phase, fresh);

                assertThat(outcome.reason()).matches("[a-z0-9-]{1,32}");
                assertThat(outcome.detail())
                        .matches("[A-Z][ -~]{1,199}")
                        .doesNotContain("Exception", "Error:", "org.", "java.", "000", "null", "frameType");
            }
        }
    }

    @Test
    void aCallThatFailsInsideTheBrokerReachedNobody() {
        Outcome outcome = Failures.outcome(new NullPointerException(LIBRARY), Phase.CONNECTING, true);

        assertThat(outcome)
                .isEqualTo(new Outcome.Unreachable(
                        "error", Reach.NOBODY, false, "The broker could not make the call; its log says more"));
    }
}
