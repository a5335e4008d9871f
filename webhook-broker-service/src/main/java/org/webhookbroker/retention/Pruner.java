package org.webhookbroker.retention;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.audit.Operation;
import org.webhookbroker.audit.Target;
import org.webhookbroker.audit.Who;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.registry.Registry;

/** Moves messages that are over from the tables to archives. Thread-safe; one run at a time in the whole cluster. */
public final class Pruner {
    private final Database database;
    private final Registry registry;
    private final InstantSource clock;
    private final RetentionSettings settings;
    private final XidGenerator ids;
    private final AuditTrail trail;

    Pruner(Database database, Registry registry, InstantSource clock, RetentionSettings settings, AuditTrail trail) {
        this.database = database;
        this.registry = registry;
        this.clock = clock;
        this.settings = settings;
        this.ids = new XidGenerator(clock);
        this.trail = trail;
    }

    public boolean isEnabled() {
        return settings.enabled();
    }

    /** A run over all messages that are old by now; empty while another run is under way. Close it always. */
    public Optional<PruneRun> begin(Who who) {
        if (!isEnabled()) {
            throw new IllegalStateException(RetentionFactory.HOW_TO_ENABLE);
        }
        PruneLease lease = new PruneLease(database, ids.next());
        if (!lease.take()) {
            return Optional.empty();
        }
        try {
            Instant cutoff = clock.instant().minus(settings.age());
            ArchiveWriter archive = ArchiveWriter.open(settings, clock);
            Operation recorded =
                    trail.begin(who.doing(Action.PRUNE).on(Target.of(Target.Kind.MESSAGES, cutoff.toString())));
            return Optional.of(new PruneRun(
                    database, registry, lease, archive, new PruneRun.Order(settings.pace(), cutoff, recorded)));
        } catch (RuntimeException failure) {
            lease.release();
            throw failure;
        }
    }
}
