package org.webhookbroker.registry;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.audit.Deed;
import org.webhookbroker.audit.Operation;
import org.webhookbroker.audit.Target;
import org.webhookbroker.audit.Who;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.registry.UpdateCondition.Verdict;

/** How the stores change the registry: atomically, in one order, and seen by this node at once. Thread-safe. */
public final class RegistryWriter {
    private final Database database;
    private final Registry registry;
    private final XidGenerator ids;
    private final InstantSource clock;
    private final RegistryLimit limit;
    private final AuditTrail trail;

    public RegistryWriter(
            Database database,
            Registry registry,
            XidGenerator ids,
            InstantSource clock,
            RegistryLimit limit,
            AuditTrail trail) {
        this.database = database;
        this.registry = registry;
        this.ids = ids;
        this.clock = clock;
        this.limit = limit;
        this.trail = trail;
    }

    /** Locks the row that is to be changed, if it is there. */
    interface RowLock<T> {
        /** @param wait how long for the row, as SQL has it */
        Optional<T> lock(Handle handle, String wait);
    }

    interface Change<T, R> {
        R apply(Handle handle, Optional<T> current);
    }

    /**
     * Locks the version: changes then wait for each other, and for transactions that write jobs by the old registry. All intake waits while
     * this holds it. So it waits for the row before, whoever has that one, and for nothing after (G6). What has come meanwhile is
     * seen by a second look; it may be that nothing is left to be changed.
     */
    <T, R> R change(RowLock<T> row, Change<T, R> change) {
        R result = database.inTransaction(handle -> {
            row.lock(handle, "WAIT 1");
            RegistryVersion.lockForChange(handle);
            return change.apply(handle, row.lock(handle, "NOWAIT"));
        });
        registry.refresh();
        return result;
    }

    <T extends RegistryEntry> PutResult<T> put(UpdateCondition condition, EntryRow<T> row, Deed deed) {
        Optional<T> before = database.withHandle(row::find);
        Optional<PutResult<T>> settled = settled(condition, row, before);
        if (settled.isPresent()) {
            return settled.get();
        }
        if (condition.required()) {
            long more = row.text() - before.map(RegistryLimit::text).orElse(0L);
            limit.require(registry.refresh(), before.isEmpty(), more);
        }
        return change(
                row::lock,
                (handle, current) -> settled(condition, row, current)
                        .orElseGet(() -> PutResult.passed(write(handle, row, current, deed))));
    }

    private <T extends RegistryEntry> T write(Handle handle, EntryRow<T> row, Optional<T> current, Deed deed) {
        Instant now = now();
        T written = current.isPresent()
                ? row.update(handle, current.get(), now, after(current.get().changedAt(), now))
                : row.insert(handle, ids.next(), now);
        RegistryChange.record(handle, written);
        trail.record(handle, Audited.change(deed, current, Optional.of(written)));
        return written;
    }

    /** Makes a version without the entry that was removed. In the transaction that removes it, as its last step. */
    void removed(Handle handle, RegistryEntry entry, Who who) {
        RegistryChange.record(handle, entry);
        trail.record(handle, Audited.change(who.doing(Action.DELETE), Optional.of(entry), Optional.empty()));
    }

    /** The jobs of a consumer that is being removed. */
    Operation endingJobs(Target consumer, Who who) {
        return trail.begin(who.doing(Action.END_JOBS).on(consumer));
    }

    /** The answer if nothing is to be written: the condition failed, or the values are those already stored. */
    private static <T extends RegistryEntry> Optional<PutResult<T>> settled(
            UpdateCondition condition, EntryRow<T> row, Optional<T> existing) {
        if (existing.isEmpty() && condition.entry().isPresent()) {
            throw new EntryRemovedException();
        }
        return existing.map(entry -> new PutResult<>(condition.against(entry), entry))
                .filter(result -> result.verdict() != Verdict.PASSED || row.isAlready(result.entry()));
    }

    /**
     * At least the next second: Last-Modified shows seconds and is the version of conditional updates, so two changes must
     * not share one, or the second would pass with the condition of the first.
     */
    private static Instant after(Instant previous, Instant now) {
        Instant earliest = previous.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
        return now.isBefore(earliest) ? earliest : now;
    }

    /** What the column can hold, so that the answer of a PUT equals that of the next GET. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
