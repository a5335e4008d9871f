package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages of a channel by state; a state without a message is absent, and so is the time when nothing is scheduled. */
public record MessagesStatusResponse(
        @JsonProperty("counts") Map<String, Count> counts,

        @JsonProperty("next_scheduled_message_at") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        Instant nextScheduledMessageAt) {

    public record Count(
            @JsonProperty("Count") long count,
            @JsonProperty("Links") Map<String, String> links) {}
}
