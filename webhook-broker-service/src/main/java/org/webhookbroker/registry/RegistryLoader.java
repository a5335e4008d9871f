package org.webhookbroker.registry;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.RegistryChange.Kind;

/** Reads the registry: what changed since a known version, or all of it where that is not known. */
final class RegistryLoader {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryLoader.class);

    private RegistryLoader() {}

    static RegistrySnapshot load(RegistrySnapshot known, long version, Handle handle) {
        boolean isFirst = known.version() == 0;
        return RegistryChange.between(handle, known.version(), version)
                .map(changes -> merge(known, version, changes, handle))
                // Otherwise somebody has changed the tables by hand, and what is known is no use.
                .filter(merged -> isWhole(handle, merged))
                .orElseGet(() -> load(version, handle, isFirst ? Unreadable.REFUSED : Unreadable.KEPT));
    }

    private static RegistrySnapshot load(long version, Handle handle, Unreadable unreadable) {
        List<Producer> producers = EntryTable.PRODUCERS.all(handle, unreadable);
        List<Channel> channels = EntryTable.CHANNELS.all(handle, unreadable);
        Map<Xid, Channel> channelById = channels.stream().collect(Collectors.toMap(Channel::id, Function.identity()));
        List<Consumer> consumers =
                consumers(handle.createQuery(ConsumerRow.SELECT + "ORDER BY id"), channelById::get, unreadable);
        RegistrySnapshot read = new RegistrySnapshot(version, producers, channels, consumers);
        if (!isWhole(handle, read)) {
            throw new IllegalStateException("Not all of the registry was read: something cuts reads short");
        }
        return read;
    }

    /** A consumer that was not read would get no jobs, and the accounting would not miss them (G3). */
    private static boolean isWhole(Handle handle, RegistrySnapshot read) {
        return isAll(handle, "producer", read.producers())
                && isAll(handle, "channel", read.channels())
                && areAll(handle, read.consumers());
    }

    /** Those without a channel do not count, but to leave them out costs much, and there are nearly never any. */
    private static boolean areAll(Handle handle, Collection<Consumer> read) {
        return isAll(handle, "consumer", read)
                || isAll(handle, "consumer JOIN channel ON channel.id = consumer.channel_id", read);
    }

    private static boolean isAll(Handle handle, String rows, Collection<?> read) {
        return handle.createQuery("SELECT COUNT(*) FROM <rows>")
                        .define("rows", rows)
                        .mapTo(Integer.class)
                        .one()
                == read.size();
    }

    /** What changed is taken out of the known, and put in again as far as it is still there. */
    private static RegistrySnapshot merge(
            RegistrySnapshot known, long version, List<RegistryChange> changes, Handle handle) {
        Map<Kind, Set<Xid>> ids = changes.stream()
                .collect(Collectors.groupingBy(
                        RegistryChange::kind, Collectors.mapping(RegistryChange::entry, Collectors.toSet())));
        Set<Xid> channelIds = ids.getOrDefault(Kind.CHANNEL, Set.of());
        Map<Xid, Channel> channels = EntryTable.CHANNELS.some(handle, channelIds, Unreadable.KEPT).stream()
                .collect(Collectors.toMap(Channel::id, Function.identity()));
        return new RegistrySnapshot(
                version,
                known,
                new RegistrySnapshot.Change(
                        changes.stream().map(RegistryChange::entry).collect(Collectors.toSet()),
                        EntryTable.PRODUCERS.some(handle, ids.getOrDefault(Kind.PRODUCER, Set.of()), Unreadable.KEPT),
                        channels.values(),
                        consumers(
                                handle,
                                ids.getOrDefault(Kind.CONSUMER, Set.of()),
                                id -> channelIds.contains(id)
                                        ? channels.get(id)
                                        : known.channel(id).orElse(null))));
    }

    private static List<Consumer> consumers(Handle handle, Set<Xid> ids, Function<Xid, @Nullable Channel> channels) {
        if (ids.isEmpty()) {
            return List.of();
        }
        Query query =
                handle.createQuery(ConsumerRow.SELECT + "WHERE id IN (<ids>)").bindList("ids", ids);
        return consumers(query, channels, Unreadable.KEPT);
    }

    /**
     * Only a hand or an older release removes a channel that has consumers. They are left out, as nothing can be sent to them, and
     * intake goes on (G6).
     */
    private static List<Consumer> consumers(
            Query query, Function<Xid, @Nullable Channel> channels, Unreadable unreadable) {
        return query
                .map((row, context) -> {
                    Channel channel = channels.apply(Columns.xid(row, "channel_id"));
                    if (channel == null) {
                        LOG.error(
                                "Consumer {} with the internal id {} is left out: its channel is not there",
                                row.getString("public_id"),
                                Columns.xid(row, "id"));
                        return Optional.<Consumer>empty();
                    }
                    return Optional.of(ConsumerRow.read(row, channel, context, unreadable));
                })
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }
}
