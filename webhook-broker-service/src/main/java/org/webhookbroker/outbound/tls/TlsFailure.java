package org.webhookbroker.outbound.tls;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;

/** What it means that TLS failed, in a sentence of our own: texts of the JDK are looked at and never shown. */
public record TlsFailure(String sentence, Kind kind) {
    /** What the other side has shown by it. */
    public enum Kind {
        /** That it may not be the consumer: its certificate is wrong, or it speaks no TLS. */
        STRANGER,
        /** That it makes no TLS with us as we both are. */
        DISAGREEMENT,
        /**
         * That it does not take our client certificate. By TLS 1.3 it says so only when our request may be on its way, which it
         * has not passed on then: what comes before its last word in the handshake it must not even read.
         */
        CLIENT_REFUSED
    }

    private static final Pattern ALERT = Pattern.compile("(?:fatal )?alert: ([a-z_]{1,60})");

    private static final String NO_VERSION = "The consumer has no version of TLS that the broker takes (1.2 or newer)";
    private static final String NO_CIPHER =
            "The consumer has no cipher that the broker takes (of TLS 1.2 or newer, none with CBC or RSA key exchange)";

    /** Alerts of RFC 8446, 6.2, that only the certificate of a client can cause here, or that there is none. */
    private static final Set<String> OF_CLIENT = Set.of(
            "bad_certificate",
            "unsupported_certificate",
            "certificate_revoked",
            "certificate_expired",
            "certificate_unknown",
            "unknown_ca",
            "access_denied",
            "certificate_required",
            "no_certificate");

    public static TlsFailure of(Throwable failure) {
        if (failure instanceof SSLPeerUnverifiedException
                || FailureText.has(failure, "subject alternative", "no name matching")) {
            return stranger("The certificate of the consumer is for another host");
        }
        if (isBy(failure, CertificateExpiredException.class)) {
            return stranger("The certificate of the consumer has expired");
        }
        if (isBy(failure, CertificateNotYetValidException.class)) {
            return stranger("The certificate of the consumer is not valid yet");
        }
        if (isBy(failure, CertPathBuilderException.class)
                || isBy(failure, CertPathValidatorException.class)
                || isBy(failure, CertificateException.class)) {
            return stranger("The certificate of the consumer is not trusted");
        }
        Matcher alert = ALERT.matcher(FailureText.of(failure));
        if (alert.find()) {
            return byAlert(alert.group(1));
        }
        if (FailureText.has(failure, "selected protocol version", "protocol is disabled")) {
            return new TlsFailure(NO_VERSION, Kind.DISAGREEMENT);
        }
        if (FailureText.has(failure, "improper ciphersuite")) {
            return new TlsFailure(NO_CIPHER, Kind.DISAGREEMENT);
        }
        return stranger(
                FailureText.has(failure, "unrecognized ssl message", "plaintext")
                        ? "The consumer does not speak TLS on this port"
                        : "No TLS connection came about");
    }

    private static TlsFailure byAlert(String alert) {
        String with = ": alert " + alert;
        if (OF_CLIENT.contains(alert)) {
            return new TlsFailure(
                    "The consumer wants a client certificate, or another than it was shown" + with,
                    Kind.CLIENT_REFUSED);
        }
        String sentence = switch (alert) {
            case "protocol_version" -> NO_VERSION;
            case "insufficient_security" -> NO_CIPHER;
            case "handshake_failure" -> NO_CIPHER + ", or wants a client certificate" + with;
            case "unrecognized_name" -> "The consumer has no certificate for this host" + with;
            default -> "The consumer refused TLS" + with;
        };
        return new TlsFailure(sentence, Kind.DISAGREEMENT);
    }

    private static TlsFailure stranger(String sentence) {
        return new TlsFailure(sentence, Kind.STRANGER);
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
}
