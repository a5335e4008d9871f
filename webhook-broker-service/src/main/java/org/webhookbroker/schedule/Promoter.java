package org.webhookbroker.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.IncarnationEndedException;
import org.webhookbroker.database.DataError;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.message.IntakeTransaction;

/**
 * Promotes what is due, on any number of nodes at once. Sleeps until the first known time, and looks at least once a second
 * for what other nodes have added. A message that cannot be promoted is put off and holds up no other.
 */
final class Promoter implements BackgroundLoop.Duty, DueListener {
    static final Duration LOOK = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(Promoter.class);
    /** Other nodes are promoting what is due. */
    private static final Duration BUSY = Duration.ofMillis(50);

    private static final Duration PUT_OFF = Duration.ofMinutes(1);
    /** Ordinary messages may take the ids of a batch while it is written; each such race costs a round. */
    private static final int ROUNDS = 10;

    private final Database database;
    private final IntakeTransaction intake;
    private final ScheduleMetrics metrics;
    private final Runnable wake;
    private final DueStore store = new DueStore();
    /**
     * The time that the loop sleeps until. While it is awake this is the latest of all times, so that every new message
     * wakes it: its look may have missed that message.
     */
    private volatile Instant awaited = Instant.MAX;

    private Duration pause = LOOK;

    /** @param wake ends the sleep of the loop */
    Promoter(Database database, IntakeTransaction intake, ScheduleMetrics metrics, Runnable wake) {
        this.database = database;
        this.intake = intake;
        this.metrics = metrics;
        this.wake = wake;
    }

    @Override
    public void due(Instant at) {
        if (at.isBefore(awaited)) {
            wake.run();
        }
    }

    @Override
    public Duration pause(Duration interval) {
        return pause;
    }

    @Override
    public boolean runOnce() {
        awaited = Instant.MAX;
        Optional<DueStore.Next> next = database.withHandle(store::next);
        Duration in = next.map(DueStore.Next::in).orElse(LOOK);
        metrics.looked(in);
        if (in.isNegative() || in.isZero()) {
            pause = BUSY;
            return promoteDue();
        }
        awaited = next.map(DueStore.Next::dueAt).orElse(Instant.MAX);
        pause = in.compareTo(LOOK) < 0 ? in : LOOK;
        return false;
    }

    /** False when nothing was due but what other nodes have locked. */
    private boolean promoteDue() {
        Promotion promotion = new Promotion(store, handle -> store.lockDue(handle, intake::jobsOf));
        try {
            promote(promotion);
        } catch (RuntimeException failure) {
            if (!isAboutAMessage(failure)) {
                throw failure;
            }
            promoteOneByOne(promotion.locked());
        }
        return !promotion.locked().isEmpty();
    }

    private void promoteOneByOne(List<Xid> ids) {
        for (Xid id : ids) {
            try {
                promote(new Promotion(store, handle -> store.lock(handle, id)));
            } catch (RuntimeException failure) {
                if (!isAboutAMessage(failure)) {
                    throw failure;
                }
                putOff(id, failure);
            }
        }
    }

    private void promote(Promotion promotion) {
        for (int round = 1; ; round++) {
            try {
                intake.commitFrom(promotion);
                metrics.promoted(promotion.locked().size() - promotion.duplicates(), promotion.duplicates());
                return;
            } catch (JdbiException failure) {
                if (round == ROUNDS || !Database.isDuplicateKey(failure)) {
                    throw failure;
                }
            }
        }
    }

    private void putOff(Xid id, RuntimeException failure) {
        LOG.error(
                "The scheduled message with the internal id {} cannot be promoted; next try in {}",
                id,
                PUT_OFF,
                failure);
        database.inTransaction(handle -> {
            store.postpone(handle, id, PUT_OFF);
            return null;
        });
        metrics.failed();
    }

    /** False when the database is away, full or read-only, or when this node was taken for dead: then every message would fail. */
    private static boolean isAboutAMessage(RuntimeException failure) {
        if (failure instanceof IncarnationEndedException || Database.isUnavailable(failure)) {
            return false;
        }
        return !(failure instanceof JdbiException) || DataError.isCauseOf(failure);
    }
}
