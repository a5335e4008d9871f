package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A message and all of its jobs, newest first. {@code producedBy} is the producer's name. */
public record MessageResponse(
        @JsonProperty("ID") String id,
        @JsonProperty("Payload") String payload,
        @JsonProperty("ContentType") String contentType,
        @JsonProperty("ProducedBy") String producedBy,
        @JsonProperty("ReceivedAt") Instant receivedAt,
        @JsonProperty("DispatchedAt") Instant dispatchedAt,
        @JsonProperty("Status") String status,
        @JsonProperty("Jobs") List<Job> jobs,
        @JsonProperty("Headers") Map<String, String> headers) {

    /** {@code listenerName} is the consumer's name, {@code listenerEndpoint} its callback URL. */
    public record Job(
            @JsonProperty("ListenerEndpoint") String listenerEndpoint,
            @JsonProperty("ListenerName") String listenerName,
            @JsonProperty("Status") String status,
            @JsonProperty("StatusChangedAt") Instant statusChangedAt) {}
}
