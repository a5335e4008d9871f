package org.webhookbroker.audit;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Database;

/** The {@code audit} block of the configuration. */
public final class AuditFactory {
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    /** After which entries are removed; 0: never for their age. */
    @JsonProperty
    @Min(0)
    @Max(36_500)
    public int days = 90;

    /** A third for each share, so that a flood of one pushes out no other. Each node counts them each minute: so not too many. */
    @JsonProperty
    @Min(3000)
    @Max(10_000_000)
    public long maxEntries = 1_000_000;

    /** Removes what is too old or too much. */
    public BackgroundLoop retention(Database database, AuditTrail trail) {
        return new BackgroundLoop(
                "audit", INTERVAL, new AuditRetention(database, trail, Duration.ofDays(days), maxEntries / 3));
    }
}
