package org.webhookbroker.ops;

import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Xid;
import org.webhookbroker.ops.RecountStore.Schedules;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.schedule.ScheduleState;
import org.webhookbroker.schedule.ScheduleTallyStore;
import org.webhookbroker.schedule.ScheduleTallyStore.Totals;

/**
 * The part of the books about scheduled messages, by channel. They have books of their own: a scheduled message counts as an
 * accepted message only once it is promoted.
 */
record ScheduleBooks(Map<Xid, Totals> tally, Map<Xid, Schedules> found) {
    static ScheduleBooks read(Handle handle, IntConsumer progress) {
        return new ScheduleBooks(new ScheduleTallyStore().all(handle), new RecountStore().schedules(handle, progress));
    }

    /** Adds what was counted for the channel, and how it compares with the tables. */
    void add(Channel channel, Map<String, Totals> schedules, List<Accounting.Line> lines) {
        if (!tally.containsKey(channel.id()) && !found.containsKey(channel.id())) {
            return;
        }
        Totals counted = tally.getOrDefault(channel.id(), Totals.NONE);
        Schedules recount = found.getOrDefault(channel.id(), Schedules.NONE);
        schedules.put(channel.publicId(), counted);
        lines.add(new Accounting.Line(
                channel.publicId(),
                "scheduled messages that wait for promotion",
                counted.waiting(),
                recount.waiting()));
        for (ScheduleState state : ScheduleState.values()) {
            lines.add(new Accounting.Line(
                    channel.publicId(), "scheduled messages " + state, counted.in(state), recount.in(state)));
        }
    }
}
