package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/** One job. {@code jobRequeueUrl} is empty unless the job is dead. */
public record JobResponse(
        @JsonProperty("ListenerEndpoint") String listenerEndpoint,
        @JsonProperty("ListenerName") String listenerName,
        @JsonProperty("Status") String status,
        @JsonProperty("StatusChangedAt") Instant statusChangedAt,
        @JsonProperty("MessageURL") String messageUrl,
        @JsonProperty("ChannelURL") String channelUrl,
        @JsonProperty("ConsumerURL") String consumerUrl,
        @JsonProperty("ProducerURL") String producerUrl,
        @JsonProperty("JobRequeueURL") String jobRequeueUrl) {}
