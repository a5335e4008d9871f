package org.webhookbroker.schedule;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.message.ChannelGoneException;
import org.webhookbroker.message.GroupTarget;
import org.webhookbroker.message.MessageStore;
import org.webhookbroker.message.TakenException;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.schedule.ScheduledStore.Row;

/** Stores a group of scheduled messages, all of them or none (G1). Refuses an id that an ordinary message has already. */
final class ScheduleTransaction implements GroupTarget<NewSchedule> {
    private final Database database;
    private final Registry registry;
    private final Incarnation incarnation;
    private final XidGenerator ids;
    private final DueListener listener;
    private final ScheduledStore store = new ScheduledStore();
    private final MessageStore messages = new MessageStore();

    ScheduleTransaction(
            Database database, Registry registry, Incarnation incarnation, XidGenerator ids, DueListener listener) {
        this.registry = registry;
        this.database = database;
        this.incarnation = incarnation;
        this.ids = ids;
        this.listener = listener;
    }

    @Override
    public void commit(List<NewSchedule> group) {
        List<Row> rows = group.stream().map(draft -> new Row(ids.next(), draft)).toList();
        database.inTransaction(handle -> {
            ChannelGoneException.check(registry.lock(handle), group);
            requireFree(handle, group);
            store.insert(handle, rows);
            ScheduleTally tally = new ScheduleTally();
            group.forEach(draft -> tally.accepted(draft.channelId()));
            tally.write(handle, incarnation.id());
            return null;
        });
        group.stream().map(NewSchedule::dueAt).min(Instant::compareTo).ifPresent(listener::due);
    }

    @Override
    public boolean isTaken(Handle handle, NewSchedule draft) {
        return store.exists(handle, draft.channelId(), draft.publicId())
                || messages.exists(handle, draft.channelId(), draft.publicId());
    }

    private void requireFree(Handle handle, List<NewSchedule> group) {
        Map<Xid, List<String>> byChannel = group.stream()
                .collect(Collectors.groupingBy(
                        NewSchedule::channelId, Collectors.mapping(NewSchedule::publicId, Collectors.toList())));
        byChannel.forEach((channel, publicIds) -> {
            if (messages.anyExists(handle, channel, publicIds)) {
                throw new TakenException();
            }
        });
    }
}
