package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * A consumer as GET and PUT show it; {@code type} is {@code push} or {@code pull}. The retries, an addition to the contract, are
 * left out where those of the configuration hold.
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
        String unreachableFor) {
    /** Without the token, which must not reach a log. */
    @Override
    public String toString() {
        return "ConsumerResponse " + id;
    }
}
