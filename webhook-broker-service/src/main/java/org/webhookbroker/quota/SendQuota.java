package org.webhookbroker.quota;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one key, producer or channel may send through one node.
 *
 * @param id whose it is; empty: of each that has none of its own
 * @param messages a second; 0: any number
 * @param bytes of payloads a second; 0: any number
 * @param burst for how long it may have sent nothing, to send that at once
 */
public record SendQuota(String id, long messages, long bytes, java.time.Duration burst) {
    private static final java.time.Duration DEFAULT_BURST = java.time.Duration.ofSeconds(10);
    private static final java.time.Duration LONGEST_BURST = java.time.Duration.ofHours(1);

    public SendQuota {
        if (messages < 0 || bytes < 0) {
            throw new IllegalArgumentException("a quota is not negative");
        }
        if (burst.compareTo(java.time.Duration.ofSeconds(1)) < 0 || burst.compareTo(LONGEST_BURST) > 0) {
            throw new IllegalArgumentException("burst must be from 1s to 1h");
        }
    }

    boolean isNone() {
        return messages == 0 && bytes == 0;
    }

    @JsonCreator
    static SendQuota read(
            @JsonProperty("id") @Nullable Object id,
            @JsonProperty("messages") long messages,
            @JsonProperty("bytes") @Nullable DataSize bytes,
            @JsonProperty("burst") @Nullable Duration burst) {
        return new SendQuota(
                text(id),
                messages,
                bytes == null ? 0 : bytes.toBytes(),
                burst == null ? DEFAULT_BURST : burst.toJavaDuration());
    }

    /** YAML reads an unquoted 0123 as the number 83, and that quota would be nobody's. */
    static String text(@Nullable Object id) {
        if (id != null && !(id instanceof String)) {
            throw new IllegalArgumentException("the id is no text; put it in quotes");
        }
        return Objects.requireNonNullElse((String) id, "");
    }
}
