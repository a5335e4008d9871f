package org.webhookbroker.registry;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.Xid;

/**
 * The caller's {@code If-Unmodified-Since}. Contract 3.3: compared as text, no date parsing, so a later date does not pass;
 * ignored when the entry does not exist yet.
 *
 * @param entry the only one that may be changed, if the caller changes a part of one that it has seen
 */
public record UpdateCondition(boolean required, String header, Optional<Xid> entry) {
    public enum Verdict {
        PASSED,
        MISSING,
        OUTDATED
    }

    public static UpdateCondition unmodifiedSince(@Nullable String header) {
        return new UpdateCondition(true, header == null ? "" : header, Optional.empty());
    }

    /** For the broker's own changes, such as seed data. */
    public static UpdateCondition none() {
        return new UpdateCondition(false, "", Optional.empty());
    }

    /** As this one, for a change of a part of {@code seen}: what was removed does not come back with the values that it had. */
    public UpdateCondition of(Optional<? extends RegistryEntry> seen) {
        return new UpdateCondition(required, header, seen.map(RegistryEntry::id));
    }

    /** Whether an existing entry may be changed as it is now. */
    public Verdict against(RegistryEntry existing) {
        if (entry.isPresent() && !entry.get().equals(existing.id())) {
            return Verdict.OUTDATED;
        }
        if (!required) {
            return Verdict.PASSED;
        }
        if (header.isEmpty()) {
            return Verdict.MISSING;
        }
        return header.equals(LastModified.of(existing.changedAt())) ? Verdict.PASSED : Verdict.OUTDATED;
    }
}
