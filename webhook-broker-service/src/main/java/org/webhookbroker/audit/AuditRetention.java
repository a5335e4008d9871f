package org.webhookbroker.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;

/**
 * Removes entries that are too old, and where a share of them has too many, its oldest. The latter is recorded itself: nobody hides a deed behind a
 * flood unseen. Each node does this; that is as good as one, as what is to go is decided by ids.
 */
final class AuditRetention implements BackgroundLoop.Duty {
    private static final Logger LOG = LoggerFactory.getLogger(AuditRetention.class);

    static final int BATCH = 1000;
    /** Between two batches, for others. */
    private static final Duration REST = Duration.ofMillis(20);

    /** What goes on over several passes: a share, up to an id. */
    private record Excess(Share share, Xid last, Operation recorded) {}

    private final Database database;
    private final AuditTrail trail;
    private final Duration age;
    private final long mostOfShare;
    private Optional<Excess> excess = Optional.empty();
    private boolean isAtWork;

    /** @param age zero for ever */
    AuditRetention(Database database, AuditTrail trail, Duration age, long mostOfShare) {
        this.database = database;
        this.trail = trail;
        this.age = age;
        this.mostOfShare = mostOfShare;
    }

    @Override
    public boolean runOnce() {
        try {
            isAtWork = excess.isPresent() ? removeExcess(excess.get()) : removeOld() || findExcess();
        } catch (RuntimeException failure) {
            isAtWork = false;
            if (!Database.isLocked(failure)) {
                throw failure;
            }
            // Another node is at it, or somebody has locked the table: the next pass finds what is left.
            LOG.debug("Entries of the audit are locked", failure);
        }
        return false;
    }

    @Override
    public Duration pause(Duration interval) {
        return isAtWork ? REST : interval;
    }

    private boolean removeOld() {
        if (age.isZero()) {
            return false;
        }
        return inTransaction(handle -> {
            Instant now = handle.createQuery("SELECT UTC_TIMESTAMP(6) AS now")
                    .map((row, context) -> Columns.instant(row, "now"))
                    .one();
            return handle.createUpdate("DELETE FROM audit WHERE id < :end ORDER BY id LIMIT :batch")
                    .bind("end", AuditEntry.first(now.minus(age)))
                    .bind("batch", BATCH)
                    .execute();
        });
    }

    private boolean findExcess() {
        for (Share share : Share.values()) {
            if (oldestButFor(share, mostOfShare).isPresent()) {
                // Some more go, so that not each pass finds a few.
                Xid last = oldestButFor(share, mostOfShare - mostOfShare / 20).orElseThrow();
                AuditRecord what = Who.within("audit")
                        .doing(Action.FORGET)
                        .on(Target.of(Target.Kind.AUDIT, share.wireName()))
                        .with(new Shown().and("until", AuditEntry.at(last).toString()));
                excess = Optional.of(new Excess(share, last, trail.begin(what)));
                LOG.warn(
                        "The audit has over {} entries of {}: the oldest, until {}, go before their time",
                        mostOfShare,
                        share.wireName(),
                        AuditEntry.at(last));
                return true;
            }
        }
        return false;
    }

    /** The newest that has so many of its share above it. */
    private Optional<Xid> oldestButFor(Share share, long many) {
        return database.withHandle(handle -> handle.createQuery(
                        "SELECT id FROM audit WHERE share = :share ORDER BY id DESC LIMIT 1 OFFSET :many")
                .bind("share", share.code())
                .bind("many", many)
                .map((row, context) -> Columns.xid(row, "id"))
                .findOne());
    }

    private boolean removeExcess(Excess found) {
        boolean more = inTransaction(handle -> {
            int removed = handle.createUpdate(
                            "DELETE FROM audit WHERE share = :share AND id <= :last ORDER BY id LIMIT :batch")
                    .bind("share", found.share.code())
                    .bind("last", found.last)
                    .bind("batch", BATCH)
                    .execute();
            found.recorded.add(handle, removed);
            return removed;
        });
        if (!more) {
            found.recorded.end(Outcome.DONE);
            excess = Optional.empty();
        }
        return true;
    }

    private interface Removal {
        int remove(Handle handle);
    }

    /** True if there may be more to remove. */
    private boolean inTransaction(Removal removal) {
        return database.<Integer, RuntimeException>inTransaction(Database.LockWait.NEVER, removal::remove) == BATCH;
    }
}
