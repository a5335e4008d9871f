package org.webhookbroker.job;

import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/**
 * Records outcomes, many in one transaction and each guarded by its lease: a job that somebody else holds by now is left
 * alone (G4).
 */
public final class SettleStore {
    /**
     * @param unreached queued again, since nobody was reached
     * @param stale settlements that changed nothing, since the job was no longer held under their lease
     */
    public record Settled(int delivered, int retried, int unreached, int dead, int released, int stale) {}

    private final JobStore jobs = new JobStore();
    private final JobMoveStore moves = new JobMoveStore();

    /** All settlements are of jobs held by {@code holder}. Repeatable: what was settled before counts as stale. */
    public Settled settle(Handle handle, int holder, List<Settlement> settlements) {
        return settle(handle, holder, holder, settlements);
    }

    /** @param beforeCounting is called once the jobs are written, and before the counters are */
    public Settled settle(Handle handle, int holder, List<Settlement> settlements, Consumer<Handle> beforeCounting) {
        return settle(handle, holder, holder, settlements, beforeCounting);
    }

    /** @param counter the incarnation that counts them, locked where it is not the holder */
    public Settled settle(Handle handle, int holder, int counter, List<Settlement> settlements) {
        return settle(handle, holder, counter, settlements, same -> {});
    }

    private Settled settle(
            Handle handle, int holder, int counter, List<Settlement> settlements, Consumer<Handle> beforeCounting) {
        Tally tally = new Tally();
        int delivered = moves.deliver(handle, holder, only(settlements, Settlement.Delivered.class), tally);
        int dead = moves.bury(handle, holder, only(settlements, Settlement.Dead.class), tally);
        List<Settlement.Unreached> unreached = only(settlements, Settlement.Unreached.class);
        dead += moves.giveUp(handle, holder, unreached, tally);
        int waiting = jobs.unreached(handle, holder, unreached);
        int retried = jobs.retry(handle, holder, only(settlements, Settlement.Retry.class));
        int released = release(handle, holder, settlements, false) + release(handle, holder, settlements, true);
        beforeCounting.accept(handle);
        tally.write(handle, counter);
        int stale = settlements.size() - delivered - dead - waiting - retried - released;
        return new Settled(delivered, retried, waiting, dead, released, stale);
    }

    private int release(Handle handle, int holder, List<Settlement> settlements, boolean mayHaveArrived) {
        return jobs.release(
                handle,
                holder,
                only(settlements, Settlement.Released.class).stream()
                        .filter(released -> released.mayHaveArrived() == mayHaveArrived)
                        .map(released -> released.job().id())
                        .toList(),
                mayHaveArrived);
    }

    private static <T extends Settlement> List<T> only(List<Settlement> settlements, Class<T> kind) {
        return settlements.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
