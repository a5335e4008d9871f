package org.webhookbroker.registry;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.RegistryChange.Kind;

/** Reads the registry: what changed since a known version, or all of it where that is not known. */
final class RegistryLoader {
    private RegistryLoader() {}

    static RegistrySnapshot load(RegistrySnapshot known, long version, Handle handle) {
        return RegistryChange.between(handle, known.version(), version)
                .map(changes -> merge(known, version, changes, handle))
                // Otherwise somebody has changed the tables by hand, and what is known is no use.
                .filter(merged -> isWhole(handle, merged))
                .orElseGet(() -> load(version, handle));
    }

    private static RegistrySnapshot load(long version, Handle handle) {
        List<Producer> producers = EntryStore.allProducers(handle);
        List<Channel> channels = EntryStore.allChannels(handle);
        Map<Xid, Channel> channelById = channels.stream().collect(Collectors.toMap(Channel::id, Function.identity()));
        List<Consumer> consumers = handle.createQuery(ConsumerRow.SELECT + "ORDER BY id")
                .map((row, context) -> consumer(row, channelById))
                .list();
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
                && isAll(handle, "consumer", read.consumers());
    }

    private static boolean isAll(Handle handle, String table, Collection<?> read) {
        return handle.createQuery("SELECT COUNT(*) FROM <table>")
                        .define("table", table)
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
        Set<Xid> changed = ids.getOrDefault(Kind.CONSUMER, Set.of());
        Collection<Producer> producers =
                merge(known.producers(), ids.getOrDefault(Kind.PRODUCER, Set.of()), EntryStore::someProducers, handle);
        Collection<Channel> channels =
                merge(known.channels(), ids.getOrDefault(Kind.CHANNEL, Set.of()), EntryStore::someChannels, handle);
        Map<Xid, Channel> channelById = channels.stream().collect(Collectors.toMap(Channel::id, Function.identity()));
        Collection<Consumer> consumers = merge(
                        known.consumers(),
                        changed,
                        (all, some) -> all.createQuery(ConsumerRow.SELECT + "WHERE id IN (<ids>)")
                                .bindList("ids", some)
                                .map((row, context) -> consumer(row, channelById))
                                .list(),
                        handle)
                .stream()
                .map(consumer -> consumer.of(Objects.requireNonNull(
                        channelById.get(consumer.channel().id()))))
                .sorted(Comparator.comparing(Consumer::id))
                .toList();
        return new RegistrySnapshot(version, producers, channels, consumers);
    }

    private static <T extends RegistryEntry> Collection<T> merge(
            Collection<T> known, Set<Xid> changed, BiFunction<Handle, Set<Xid>, List<T>> read, Handle handle) {
        if (changed.isEmpty()) {
            return known;
        }
        List<T> merged = new ArrayList<>(read.apply(handle, changed));
        known.stream().filter(entry -> !changed.contains(entry.id())).forEach(merged::add);
        return merged;
    }

    private static Consumer consumer(ResultSet row, Map<Xid, Channel> channels) throws SQLException {
        return ConsumerRow.read(row, Objects.requireNonNull(channels.get(Columns.xid(row, "channel_id"))));
    }
}
