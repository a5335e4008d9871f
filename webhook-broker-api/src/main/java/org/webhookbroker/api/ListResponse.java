package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One page of links. {@code pages} has {@code next} and {@code previous}, or nothing when the page is empty. */
public record ListResponse(
        @JsonProperty("Result") List<String> result,
        @JsonProperty("Pages") Map<String, String> pages,

        @JsonProperty("Links") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Map<String, String> links) {
    /** Links are always null: present on the wire, never filled. */
    public ListResponse(List<String> result, Map<String, String> pages) {
        this(result, pages, null);
    }
}
