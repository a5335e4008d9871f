package org.webhookbroker.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** The {@code registry} block of the configuration. */
public final class RegistryFactory {
    /** Producers, channels and consumers together: each node has them in memory. */
    @JsonProperty
    @Min(1)
    @Max(1_000_000)
    public int maxEntries = 10_000;

    public RegistryLimit limit() {
        return new RegistryLimit(maxEntries);
    }
}
