package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A scheduled message. Unlike a {@link MessageResponse} it is in lower case, {@code id} is the internal one, and
 * {@code producedBy} is the producer's id. {@code dispatchedAt} is null until it is dispatched.
 */
public record ScheduledMessageResponse(
        @JsonProperty("contentType") String contentType,
        @JsonProperty("dispatchSchedule") Instant dispatchSchedule,

        @JsonProperty("dispatchedAt") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Instant dispatchedAt,

        @JsonProperty("headers") Map<String, String> headers,
        @JsonProperty("id") String id,
        @JsonProperty("messageId") String messageId,
        @JsonProperty("payload") String payload,
        @JsonProperty("priority") int priority,
        @JsonProperty("producedBy") String producedBy,
        @JsonProperty("status") String status) {}
