package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/** One page of links to scheduled messages; as {@link ListResponse}, but in lower case and without {@code Links}. */
public record ScheduledMessagesResponse(
        @JsonProperty("pages") Map<String, String> pages,
        @JsonProperty("result") List<String> result) {}
