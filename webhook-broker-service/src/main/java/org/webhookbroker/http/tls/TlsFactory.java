package org.webhookbroker.http.tls;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.validation.selfvalidating.SelfValidating;
import io.dropwizard.validation.selfvalidating.SelfValidation;
import io.dropwizard.validation.selfvalidating.ViolationCollector;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.webhookbroker.tls.Authorities;
import org.webhookbroker.tls.CertifiedKey;

/** The {@code tls} block of the configuration: whether the ports speak TLS, and with which files. */
@SelfValidating
public final class TlsFactory {
    /** Whether clients of the API show a certificate. */
    public enum ClientAuth {
        NONE,
        WANT,
        NEED
    }

    /** A file in PEM: the certificate, and those that lead to its authority. Empty: no TLS. */
    @JsonProperty
    @NotNull
    public String certificate = "";

    /** A file in PEM: the private key of the certificate. */
    @JsonProperty
    @NotNull
    public String key = "";

    /** The admin port too. */
    @JsonProperty
    public boolean adminPort;

    /** Of the API alone. */
    @JsonProperty
    @NotNull
    public ClientAuth clientAuth = ClientAuth.NONE;

    /** A file in PEM: the authorities that sign the certificates of clients. */
    @JsonProperty
    @NotNull
    public String clientAuthorities = "";

    /** A switch that could do nothing would be taken for protection. */
    @SelfValidation
    public void validate(ViolationCollector violations) {
        if (certificate.isEmpty() != key.isEmpty()) {
            violations.addViolation("tls.certificate and tls.key belong together: give both, or neither");
        }
        if (certificate.isEmpty() && (adminPort || clientAuth != ClientAuth.NONE)) {
            violations.addViolation("tls.adminPort and tls.clientAuth need tls.certificate and tls.key");
        }
        if ((clientAuth == ClientAuth.NONE) != clientAuthorities.isEmpty()) {
            violations.addViolation(
                    "tls.clientAuth (want or need) and tls.clientAuthorities belong together: give both,"
                            + " or neither");
        }
    }

    /** Empty if there is no TLS. What is wrong with a file refuses the start. */
    public Optional<ServerTls> build(InstantSource clock) {
        return certificate.isEmpty() ? Optional.empty() : Optional.of(new ServerTls(this, clock));
    }

    /** What the files hold now. */
    Files read(Instant now) {
        return new Files(
                CertifiedKey.read("tls", certificate, key, now),
                clientAuthorities.isEmpty()
                        ? Optional.empty()
                        : Optional.of(Authorities.read("tls.clientAuthorities", clientAuthorities)));
    }

    /** @param clients whose certificates are believed */
    record Files(CertifiedKey own, Optional<Authorities> clients) {}
}
