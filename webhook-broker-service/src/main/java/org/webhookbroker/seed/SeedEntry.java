package org.webhookbroker.seed;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A producer or a channel that the configuration wants. What is left out is the empty text. */
public record SeedEntry(String id, String name, String token) {
    public SeedEntry(
            @JsonProperty("id") @JsonDeserialize(using = QuotedText.class) @Nullable String id,
            @JsonProperty("name") @JsonDeserialize(using = QuotedText.class) @Nullable String name,
            @JsonProperty("token") @JsonDeserialize(using = QuotedText.class) @Nullable String token) {
        this.id = Objects.requireNonNullElse(id, "");
        this.name = Objects.requireNonNullElse(name, "");
        this.token = Objects.requireNonNullElse(token, "");
    }

    List<String> texts() {
        return List.of(id, name, token);
    }

    /** Without the token, which must not reach a log. */
    @Override
    public String toString() {
        return "SeedEntry " + id;
    }
}
