package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends leases: what was dealt with, what failed, and what is given back, since it was not begun.
 *
 * @param releases not written if there are none, as nodes of an earlier release refuse a request with this key
 */
public record SettleRequest(
        @JsonProperty("Acks") @Nullable List<String> acks,
        @JsonProperty("Nacks") @Nullable List<Nack> nacks,

        @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("Releases") @Nullable
        List<String> releases) {
    /**
     * @param delaySeconds until the next attempt; missing for the consumer's own retry delays
     * @param reason for people
     */
    public record Nack(
            @JsonProperty("Receipt") @Nullable String receipt,
            @JsonProperty("DelaySeconds") @Nullable Integer delaySeconds,
            @JsonProperty("Reason") @Nullable String reason) {}
}
