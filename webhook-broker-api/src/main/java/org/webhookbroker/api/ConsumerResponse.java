package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/** A consumer as GET and PUT show it; {@code type} is {@code push} or {@code pull}. */
public record ConsumerResponse(
        @JsonProperty("ID") String id,
        @JsonProperty("Name") String name,
        @JsonProperty("Token") String token,
        @JsonProperty("ChangedAt") Instant changedAt,
        @JsonProperty("CallbackURL") String callbackUrl,
        @JsonProperty("DeadLetterQueueURL") String deadLetterQueueUrl,
        @JsonProperty("Type") String type) {
    /** Without the token, which must not reach a log. */
    @Override
    public String toString() {
        return "ConsumerResponse " + id;
    }
}
