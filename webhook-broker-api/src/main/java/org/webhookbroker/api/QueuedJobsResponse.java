package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Jobs of a pull consumer that it may take, highest priority first. */
public record QueuedJobsResponse(@JsonProperty("Result") List<Job> result) {
    public record Job(
            @JsonProperty("ID") String id,
            @JsonProperty("Priority") int priority,
            @JsonProperty("IncrementalTimeout") int incrementalTimeout,
            @JsonProperty("Message") Message message) {}

    /**
     * What was broadcast.
     *
     * @param payload its text; what is not UTF-8 is replaced
     * @param payloadBase64 its bytes, only where they are not UTF-8
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Message(
            @JsonProperty("MessageID") String messageId,
            @JsonProperty("Payload") String payload,
            @JsonProperty("Headers") Map<String, String> headers,
            @JsonProperty("ContentType") String contentType,

            @JsonProperty("PayloadBase64") @JsonInclude(JsonInclude.Include.NON_NULL)
            byte @Nullable [] payloadBase64) {}
}
