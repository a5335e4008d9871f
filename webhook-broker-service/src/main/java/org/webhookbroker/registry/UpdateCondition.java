package org.webhookbroker.registry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The caller's {@code If-Unmodified-Since}. Contract 3.3: compared as text, no date parsing, so a later date does not pass;
 * ignored when the entry does not exist yet.
 */
public record UpdateCondition(boolean required, String header) {
    public enum Verdict {
        PASSED,
        MISSING,
        OUTDATED
    }

    public static UpdateCondition unmodifiedSince(@Nullable String header) {
        return new UpdateCondition(true, header == null ? "" : header);
    }

    /** For the broker's own changes, such as seed data. */
    public static UpdateCondition none() {
        return new UpdateCondition(false, "");
    }

    /** Whether an existing entry that was last changed then may be changed now. */
    public Verdict against(Instant changedAt) {
        if (!required) {
            return Verdict.PASSED;
        }
        if (header.isEmpty()) {
            return Verdict.MISSING;
        }
        return header.equals(LastModified.of(changedAt)) ? Verdict.PASSED : Verdict.OUTDATED;
    }
}
