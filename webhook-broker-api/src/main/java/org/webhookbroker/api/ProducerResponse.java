package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/** A producer as GET and PUT show it. */
public record ProducerResponse(
        @JsonProperty("ID") String id,
        @JsonProperty("Name") String name,
        @JsonProperty("Token") String token,
        @JsonProperty("ChangedAt") Instant changedAt) {
    /** Without the token, which must not reach a log. */
    @Override
    public String toString() {
        return "ProducerResponse " + id;
    }
}
