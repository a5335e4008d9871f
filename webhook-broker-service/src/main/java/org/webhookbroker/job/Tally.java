package org.webhookbroker.job;

import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Xid;

/**
 * What one transaction adds to the counters, written once at its end. The counters make accepted = delivered + dead +
 * removed + live provable (G2) and reading them cheap. Nodes do not wait for each other, as each incarnation has slots and counters of
 * its own. Not thread-safe.
 */
public final class Tally {
    /**
     * The counters of no incarnation, which can be written without having one. No settlement writes them, so none waits for a slow
     * transaction that does. What ended incarnations counted is added to them.
     */
    public static final int COMMON = 0;

    private final TallySlots slots = new TallySlots();
    private final TallyRows rows = new TallyRows();
    private final Changes changes = new Changes();

    public Tally accepted(Xid owner, long count) {
        return add(owner, Counter.ACCEPTED, count);
    }

    public Tally delivered(Xid owner, long count) {
        return add(owner, Counter.DELIVERED, count);
    }

    /** Negative for dead jobs that were requeued or purged; deaths are counted besides, for good. */
    public Tally dead(Xid owner, long count) {
        return add(owner, Counter.DEAD, count).add(owner, Counter.DIED, Math.max(count, 0));
    }

    public Tally removed(Xid owner, long count) {
        return add(owner, Counter.REMOVED, count);
    }

    /** Delivered jobs of a consumer, or messages of a channel, that left the tables for an archive. */
    public Tally archived(Xid owner, long count) {
        return add(owner, Counter.ARCHIVED, count);
    }

    public void write(Handle handle, int incarnation) {
        if (changes.isEmpty() || (incarnation != COMMON && slots.append(handle, incarnation, changes))) {
            return;
        }
        rows.add(handle, incarnation, changes);
    }

    private Tally add(Xid owner, Counter counter, long count) {
        changes.add(owner, counter, count);
        return this;
    }
}
