package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Asks for jobs; what is missing has its default.
 *
 * @param limit how many at most
 * @param waitSeconds how long to wait for the first one
 * @param leaseSeconds for how long nobody else gets them
 */
public record LeaseRequest(
        @JsonProperty("Limit") @Nullable Integer limit,
        @JsonProperty("WaitSeconds") @Nullable Integer waitSeconds,
        @JsonProperty("LeaseSeconds") @Nullable Integer leaseSeconds) {}
