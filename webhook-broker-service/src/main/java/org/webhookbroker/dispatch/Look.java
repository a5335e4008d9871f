package org.webhookbroker.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.background.Pace;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.UncertainCommitException;
import org.webhookbroker.job.LeaseStore;
import org.webhookbroker.job.LeaseStore.Choice;
import org.webhookbroker.job.LeaseStore.Lease;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.LiveJob;
import org.webhookbroker.job.Visit;

/**
 * One look of a lane at its consumer's queue in the database. {@link #run} is the whole of it: room is taken for each job while its
 * row is locked, is given back if the transaction does not commit, and otherwise stays with the job until it is settled. One thread.
 */
final class Look {
    /** What a look does beyond its lane. */
    interface Leasing {
        Pace fullLooks();

        /** In a transaction, which may be run again as a whole. */
        Lease lease(Handle handle, int wanted, LeaseStore.Taker taker, Visit visit);

        /** Puts each job into the lane or gives it back, even if it fails. */
        void load(List<LeasedJob> jobs);

        /** Gives back what may be ours. */
        void release(List<LeasedJob> jobs);
    }

    private static final Lease NOTHING = new Lease(List.of(), false, false, Long.MAX_VALUE);

    private final Object lane;
    private final int wanted;
    private final LaneRoom room;
    private final Refill refill;
    private final BooleanSupplier takesSuspects;
    private Taking taking = new Taking();

    /**
     * @param lane whose monitor guards {@code room} and {@code refill}
     * @param takesSuspects whether a suspect would be tried next
     */
    Look(Object lane, int wanted, LaneRoom room, Refill refill, BooleanSupplier takesSuspects) {
        this.lane = lane;
        this.wanted = wanted;
        this.room = room;
        this.refill = refill;
        this.takesSuspects = takesSuspects;
    }

    /** True if another look would find more jobs at once. False also if there were jobs, but this look could take none. */
    boolean run(Database database, Leasing leasing) {
        long begun;
        synchronized (lane) {
            begun = refill.beginLook();
        }
        Visit visit = refill.marks().visit(leasing.fullLooks());
        List<LeasedJob> jobs = lease(database, leasing, visit);
        expect(jobs);
        leasing.load(jobs);
        Lease found = taking.found;
        synchronized (lane) {
            refill.looked(begun, found, taking.refused, visit);
        }
        return found.more() && !jobs.isEmpty();
    }

    private List<LeasedJob> lease(Database database, Leasing leasing, Visit visit) {
        try {
            return database.inTransaction(handle -> {
                taking.giveBack();
                taking = new Taking();
                taking.found = leasing.lease(handle, wanted, taking, visit);
                return taking.found.jobs();
            });
        } catch (UncertainCommitException unknown) {
            expect(taking.found.jobs());
            leasing.release(taking.found.jobs());
            throw unknown;
        } catch (RuntimeException | Error rolledBack) {
            taking.giveBack();
            throw rolledBack;
        }
    }

    private void expect(List<LeasedJob> jobs) {
        synchronized (lane) {
            jobs.forEach(room::expect);
        }
    }

    /** What one run of the transaction takes. */
    private final class Taking implements LeaseStore.Taker {
        private final List<LiveJob> taken = new ArrayList<>();
        private boolean refused;
        private Lease found = NOTHING;

        /**
         * Leaves a job that this incarnation knows from an earlier lease. The outcome of that lease is still being recorded,
         * perhaps again after a commit whose answer was lost, and would end the new lease too (G4). A suspect is taken only to be
         * tried next, one at a time: jobs that merely waited must not die with it (G5).
         */
        @Override
        public Choice choose(LiveJob job) {
            synchronized (lane) {
                if (room.isSuspect(job) && !takesSuspects.getAsBoolean()) {
                    return Choice.LEAVE;
                }
                if (room.holds(job.id()) || room.free() <= 0) {
                    return Choice.STOP;
                }
                if (!room.takeLeased(job)) {
                    refused = true;
                    refill.refused();
                    return Choice.STOP;
                }
                taken.add(job);
                return Choice.TAKE;
            }
        }

        @Override
        public int takeoversBelow() {
            synchronized (lane) {
                return takesSuspects.getAsBoolean() ? Integer.MAX_VALUE : room.suspectFrom();
            }
        }

        @Override
        public int retries() {
            synchronized (lane) {
                return room.freeForRetries();
            }
        }

        private void giveBack() {
            synchronized (lane) {
                taken.forEach(room::cancelLeased);
                taken.clear();
            }
        }
    }
}
