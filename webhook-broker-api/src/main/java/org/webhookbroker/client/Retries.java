package org.webhookbroker.client;

import java.io.IOException;
import java.net.http.HttpClient;
import java.security.cert.CertificateException;
import java.time.Duration;

/**
 * Makes a call until it has an answer that stays, or until the deadline. A call that is repeated has the same message id, so it has
 * to be one that may be repeated. Thread-safe.
 */
final class Retries {
    record Done(Answer answer, int attempts) {}

    private final Transport transport;
    private final Versions versions;
    private final ClientSettings settings;

    Retries(Transport transport, ClientSettings settings) {
        this.transport = transport;
        this.versions = new Versions(transport, settings);
        this.settings = settings;
    }

    Versions versions() {
        return versions;
    }

    BrokerException refused(Call call, Answer answer) {
        return transport.refused(call, answer);
    }

    /** @throws BrokerException if each try until the deadline failed, or was answered with a status that may pass */
    Done call(Call call) throws InterruptedException {
        Timing timing = settings.timing();
        long end = timing.now() + settings.deadline().toNanos();
        Backoff backoff = new Backoff(timing, Backoff.LONGEST);
        for (int attempt = 1; ; attempt++) {
            BrokerException failure;
            try {
                HttpClient.Version version = versions.of(call);
                Answer answer = transport.exchange(call, version, timeout(end - timing.now()));
                versions.answered(version, answer);
                if (!answer.isPassing()) {
                    return new Done(answer, attempt);
                }
                failure = transport.refused(call, answer);
            } catch (IOException unanswered) {
                failure = transport.unanswered(call, unanswered);
                if (isForGood(unanswered)) {
                    throw failure;
                }
            }
            long pause = backoff.nanos(failure.retryAfter());
            // No reason to wait for a try that would come after the deadline.
            boolean over = pause >= end - timing.now();
            if (over || timing.pause().await(transport.closed(), pause)) {
                throw failure;
            }
        }
    }

    private Duration timeout(long left) {
        return Duration.ofNanos(
                Math.max(1, Math.min(left, settings.attemptTimeout().toNanos())));
    }

    /** A certificate that is not trusted today is not trusted in a second either. */
    private static boolean isForGood(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }
}
