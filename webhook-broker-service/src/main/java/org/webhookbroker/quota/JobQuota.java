package org.webhookbroker.quota;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How many live jobs a consumer may have.
 *
 * @param id whose it is; empty: of each that has none of its own
 * @param liveJobs 0: any number
 */
public record JobQuota(String channel, String id, long liveJobs, WhenFull whenFull) {
    /** What happens to broadcasts to its channel while the consumer has that many. */
    public enum WhenFull {
        /** They are answered late. */
        HOLDS,
        /** They are not taken. */
        REFUSES
    }

    public JobQuota {
        if (liveJobs < 0) {
            throw new IllegalArgumentException("liveJobs is not negative");
        }
        if (channel.isEmpty() != id.isEmpty()) {
            throw new IllegalArgumentException("a consumer is named by its channel and its id");
        }
    }

    @JsonCreator
    static JobQuota read(
            @JsonProperty("channel") @Nullable Object channel,
            @JsonProperty("id") @Nullable Object id,
            @JsonProperty("liveJobs") long liveJobs,
            @JsonProperty("whenFull") @Nullable String whenFull) {
        return new JobQuota(
                SendQuota.text(channel),
                SendQuota.text(id),
                liveJobs,
                way(Objects.requireNonNullElse(whenFull, "holds")));
    }

    private static WhenFull way(String whenFull) {
        return Arrays.stream(WhenFull.values())
                .filter(way -> way.name().toLowerCase(Locale.ROOT).equals(whenFull))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("whenFull must be holds or refuses"));
    }
}
