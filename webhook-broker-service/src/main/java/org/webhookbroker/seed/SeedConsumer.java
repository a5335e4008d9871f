package org.webhookbroker.seed;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.util.ArrayList;
import java.util.List;
import org.webhookbroker.registry.Retries;

/** A consumer that the configuration wants; the values mean what the form fields of its PUT mean. */
public final class SeedConsumer {
    @JsonProperty
    @JsonDeserialize(using = QuotedText.class)
    public String id = "";

    /** Of a channel among the seed data. */
    @JsonProperty
    @JsonDeserialize(using = QuotedText.class)
    public String channel = "";

    /** Empty: the id. */
    @JsonProperty
    @JsonDeserialize(using = QuotedText.class)
    public String name = "";

    /** Empty: a random one, once. */
    @JsonProperty
    @JsonDeserialize(using = QuotedText.class)
    public String token = "";

    /** Absolute. */
    @JsonProperty
    public String callbackUrl = "";

    /** {@code push}, {@code pull}, or empty for push. */
    @JsonProperty
    public String type = "";

    /** As {@link Retries#parse} reads it; empty: as configured. */
    @JsonProperty
    public String maxRetries = "";

    /** As {@link Retries#parse} reads it; empty: as configured. */
    @JsonProperty
    public String retryDelays = "";

    /** As {@link Retries#parse} reads it; empty: as configured. */
    @JsonProperty
    public String unreachableFor = "";

    SeedEntry entry() {
        return new SeedEntry(id, name, token);
    }

    /** The last only if it is set: seed data that were applied before it existed would look changed, and be applied again. */
    List<String> texts() {
        List<String> texts =
                new ArrayList<>(List.of(id, channel, name, token, callbackUrl, type, maxRetries, retryDelays));
        if (!unreachableFor.isEmpty()) {
            texts.add(unreachableFor);
        }
        return texts;
    }
}
