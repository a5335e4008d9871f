package org.webhookbroker.schedule;

import java.time.Instant;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;

/**
 * Cancels and reschedules. Of a change and a promotion at the same time one wins wholly: both need the message's row of
 * {@code scheduled_due}. Thread-safe.
 */
public final class ScheduleChanges {
    private final Database database;
    private final Incarnation incarnation;
    private final DueListener listener;
    private final ScheduledStore store = new ScheduledStore();

    ScheduleChanges(Database database, Incarnation incarnation, DueListener listener) {
        this.database = database;
        this.incarnation = incarnation;
        this.listener = listener;
    }

    /** Returns the state that the message is in now: cancelled, unless it was dispatched before. */
    public ScheduleState cancel(Xid channel, Xid id) {
        return database.inTransaction(handle -> {
            if (store.cancel(handle, id)) {
                new ScheduleTally().cancelled(channel).write(handle, incarnation.id());
            }
            return store.state(handle, id);
        });
    }

    /** Returns the state that the message is in now: if it is scheduled, then for the new time. */
    public ScheduleState reschedule(Xid id, Instant dueAt) {
        ScheduleState state = database.inTransaction(
                handle -> store.reschedule(handle, id, dueAt) ? ScheduleState.SCHEDULED : store.state(handle, id));
        if (state == ScheduleState.SCHEDULED) {
            listener.due(dueAt);
        }
        return state;
    }
}
