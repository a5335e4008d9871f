package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The broker is up, and knows these producers, channels and consumers. Without their tokens. {@code version} is the broker's. */
public record StatusResponse(
        @JsonProperty("SeedData") SeedData seedData,
        @JsonProperty("AppStatus") int appStatus,
        @JsonProperty("Version") String version) {
    /** Not initialized, initializing, initialized: a broker that answers is initialized. */
    public static final int INITIALIZED = 3;

    /** {@code dataHash} is opaque and differs when the data do. */
    public record SeedData(
            @JsonProperty("DataHash") String dataHash,
            @JsonProperty("Producers") List<Entry> producers,
            @JsonProperty("Channels") List<Entry> channels,
            @JsonProperty("Consumers") List<Consumer> consumers) {}

    public record Entry(
            @JsonProperty("ID") String id,
            @JsonProperty("Name") String name) {}

    /** {@code channel} is the channel's id, {@code type} is {@code push} or {@code pull}. */
    public record Consumer(
            @JsonProperty("ID") String id,
            @JsonProperty("Name") String name,
            @JsonProperty("CallbackURL") Url callbackUrl,
            @JsonProperty("Channel") String channel,
            @JsonProperty("Type") String type) {}

    /** A URL taken apart. {@code user} is null without user information and else empty, as that may be a secret. */
    public record Url(
            @JsonProperty("Scheme") String scheme,
            @JsonProperty("Opaque") String opaque,

            @JsonProperty("User") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            Map<String, String> user,

            @JsonProperty("Host") String host,
            @JsonProperty("Path") String path,
            @JsonProperty("RawPath") String rawPath,
            @JsonProperty("OmitHost") boolean omitHost,
            @JsonProperty("ForceQuery") boolean forceQuery,
            @JsonProperty("RawQuery") String rawQuery,
            @JsonProperty("Fragment") String fragment,
            @JsonProperty("RawFragment") String rawFragment) {}
}
