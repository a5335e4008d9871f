package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** How many dead letters each consumer has that ever had one. */
public record DeadLetterStatusResponse(
        @JsonProperty("consumers") List<Consumer> consumers) {

    /** {@code consumerId} is the internal id, {@code channelId} the one that users write. */
    public record Consumer(
            @JsonProperty("channelId") String channelId,
            @JsonProperty("channelName") String channelName,
            @JsonProperty("consumerId") String consumerId,
            @JsonProperty("consumerName") String consumerName,
            @JsonProperty("deadCount") long deadCount) {}
}
