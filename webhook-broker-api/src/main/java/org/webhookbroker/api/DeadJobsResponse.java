package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A page of a consumer's dead letters, newest first. */
public record DeadJobsResponse(
        @JsonProperty("DeadJobs") List<DeadJob> deadJobs,
        @JsonProperty("Pages") Map<String, String> pages) {

    public record DeadJob(
            @JsonProperty("ListenerEndpoint") String listenerEndpoint,
            @JsonProperty("ListenerName") String listenerName,
            @JsonProperty("Status") String status,
            @JsonProperty("StatusChangedAt") Instant statusChangedAt,
            @JsonProperty("MessageURL") String messageUrl,
            @JsonProperty("JobRequeueURL") String jobRequeueUrl) {}
}
