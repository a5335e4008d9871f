package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/** Jobs of one consumer in one state ({@code status} is its number), and from when to when they came into it. */
public record JobStatusCount(
        @JsonProperty("status") int status,
        @JsonProperty("count") long count,
        @JsonProperty("oldestItemTimestamp") Instant oldestItemTimestamp,
        @JsonProperty("newestItemTimestamp") Instant newestItemTimestamp) {}
