package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A consumer as GET and PUT show it; {@code type} is {@code push} or {@code pull}. The retries, an addition to the contract, are
 * left out where those of the configuration hold. What says how it is signed, another addition, is left out where it is not.
 *
 * @param signing {@code v1} or {@code v1a}
 * @param signingSecret only in the answer to the request that has set it
 * @param signingPublicKey of {@code v1a}
 * @param previousSecretsUntil when the last of the secrets that were replaced ends, while there is one
 * @param sendToken false where deliveries go without the token, otherwise null
 * @param tlsProfile where another than the default holds
 * @param allowedNetworks exceptions from the denied networks, where there are some
 */
public record ConsumerResponse(
        @JsonProperty("ID") String id,
        @JsonProperty("Name") String name,
        @JsonProperty("Token") String token,
        @JsonProperty("ChangedAt") Instant changedAt,
        @JsonProperty("CallbackURL") String callbackUrl,
        @JsonProperty("DeadLetterQueueURL") String deadLetterQueueUrl,
        @JsonProperty("Type") String type,

        @JsonProperty("MaxRetries") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        String maxRetries,

        @JsonProperty("RetryDelays") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        String retryDelays,

        @JsonProperty("UnreachableFor") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        String unreachableFor,

        @JsonProperty("Signing") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        String signing,

        @JsonProperty("SigningSecret") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        String signingSecret,

        @JsonProperty("SigningPublicKey") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        String signingPublicKey,

        @JsonProperty("PreviousSecretsUntil") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        Instant previousSecretsUntil,

        @JsonProperty("SendToken") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        Boolean sendToken,

        @JsonProperty("TlsProfile") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        String tlsProfile,

        @JsonProperty("AllowedNetworks") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        String allowedNetworks) {
    /** Without the token and the secret, which must not reach a log. */
    @Override
    public String toString() {
        return "ConsumerResponse " + id;
    }
}
