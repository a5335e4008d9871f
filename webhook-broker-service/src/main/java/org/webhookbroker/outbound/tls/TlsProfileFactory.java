package org.webhookbroker.outbound.tls;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import org.webhookbroker.database.StartRefusedException;
import org.webhookbroker.tls.Authorities;
import org.webhookbroker.tls.CertifiedKey;

/** One of {@code outbound.tls}. */
public final class TlsProfileFactory {
    /** What consumers choose it by; {@code default} is that of all who choose none. */
    @JsonProperty
    @NotNull
    @Pattern(regexp = "[A-Za-z0-9._-]{1,64}", message = "must have 1 to 64 letters, digits, dots, lines or underscores")
    public String name = "";

    /** PEM: the authorities that are trusted, in place of those of the JDK; empty for these. */
    @JsonProperty
    @NotNull
    public String caBundle = "";

    /** PEM: the client certificate, with those that lead to its authority; empty for none. */
    @JsonProperty
    @NotNull
    public String certificate = "";

    /** PEM: the private key of the certificate, without a password. */
    @JsonProperty
    @NotNull
    public String key = "";

    @JsonIgnore
    @ValidationMethod(message = "needs certificate and key together: give both or none")
    public boolean isWholeIdentity() {
        return certificate.isEmpty() == key.isEmpty();
    }

    /** What the files hold. Two are equal if they say the same. */
    record Contents(Optional<Authorities> trusted, Optional<CertifiedKey> identity) {
        TlsProfile profile(String name) {
            try {
                return TlsProfile.of(
                        name,
                        identity.isPresent() ? identity.get().managers() : new KeyManager[0],
                        trusted.isPresent() ? trusted.get().managers() : null);
            } catch (GeneralSecurityException e) {
                throw new StartRefusedException(
                        "outbound.tls: Java makes no TLS with what profile " + name + " has", e);
            }
        }

        @Override
        public String toString() {
            return identity.map(own -> "client certificate " + own).orElse("no client certificate")
                    + trusted.map(these -> "; trusts " + these.certificates().size() + " authorities")
                            .orElse("");
        }
    }

    /** What cannot be used is a {@link StartRefusedException} that says why. */
    Contents read() {
        String block = "outbound.tls." + name;
        return new Contents(
                caBundle.isEmpty() ? Optional.empty() : Optional.of(Authorities.read(block + ".caBundle", caBundle)),
                certificate.isEmpty() ? Optional.empty() : Optional.of(CertifiedKey.read(block, certificate, key)));
    }
}
