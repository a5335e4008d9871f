package org.webhookbroker.secrets;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.NotNull;
import java.util.List;

/** The {@code secrets} block of the configuration. */
public final class SecretsFactory {
    /** Empty: nothing is encrypted. Otherwise keys, of which the first writes and all read. */
    @JsonProperty
    @NotNull
    public String key = "";

    /** Metadata headers that archives do not have, in any letter case. */
    @JsonProperty
    @NotNull
    public List<@NotNull String> redactHeaders = List.of("authorization", "cookie");

    @JsonIgnore
    @ValidationMethod(
            message = "secrets.key must be empty, or keys of 32 bytes in standard base64 (openssl rand -base64 32) with"
                    + " commas between, the first of which may be the word clear")
    public boolean isKeyUsable() {
        try {
            SecretKeys.parse(key);
            return true;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    public SecretKeys keys() {
        return SecretKeys.parse(key);
    }
}
