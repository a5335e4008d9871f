package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/** A channel as GET and PUT show it. Links are relative, ids in them as they are. */
public record ChannelResponse(
        @JsonProperty("ID") String id,
        @JsonProperty("Name") String name,
        @JsonProperty("Token") String token,
        @JsonProperty("ChangedAt") Instant changedAt,
        @JsonProperty("ConsumersURL") String consumersUrl,
        @JsonProperty("MessagesURL") String messagesUrl,
        @JsonProperty("BroadcastURL") String broadcastUrl,
        @JsonProperty("MessagesStatusURL") String messagesStatusUrl) {
    /** Without the token, which must not reach a log. */
    @Override
    public String toString() {
        return "ChannelResponse " + id;
    }
}
