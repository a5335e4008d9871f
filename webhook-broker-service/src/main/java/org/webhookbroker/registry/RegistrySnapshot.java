package org.webhookbroker.registry;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.webhookbroker.database.Xid;

/** All producers, channels and consumers at one version of the registry. Immutable. */
public final class RegistrySnapshot {
    /** For those who are not shown what there is. */
    public static final RegistrySnapshot EMPTY = new RegistrySnapshot(0, List.of(), List.of(), List.of());

    private final long version;
    private final Map<String, Producer> producers = new HashMap<>();
    private final Map<Xid, Producer> producersById = new HashMap<>();
    private final Map<String, Channel> channels = new HashMap<>();
    private final Map<Xid, Channel> channelsById = new HashMap<>();
    private final Map<Xid, Consumer> consumers = new HashMap<>();
    private final Map<Xid, Map<String, Consumer>> consumersByPublicId = new HashMap<>();
    /** In the order of their ids. */
    private final Map<Xid, List<Consumer>> consumersByChannel = new HashMap<>();

    private final long text;

    /**
     * What makes one version of another.
     *
     * @param ids of all entries that were put or removed
     * @param producers those of them that are there; so for channels and consumers
     */
    record Change(
            Set<Xid> ids,
            Collection<Producer> producers,
            Collection<Channel> channels,
            Collection<Consumer> consumers) {}

    RegistrySnapshot(
            long version,
            Collection<Producer> producers,
            Collection<Channel> channels,
            Collection<Consumer> consumers) {
        this.version = version;
        apply(new Change(Set.of(), producers, channels, consumers));
        text = sumOfText();
    }

    /** The maps of the earlier one are copied as they are: only what changed is looked at, and the channels of that. */
    RegistrySnapshot(long version, RegistrySnapshot earlier, Change change) {
        this.version = version;
        producers.putAll(earlier.producers);
        producersById.putAll(earlier.producersById);
        channels.putAll(earlier.channels);
        channelsById.putAll(earlier.channelsById);
        consumers.putAll(earlier.consumers);
        consumersByPublicId.putAll(earlier.consumersByPublicId);
        consumersByChannel.putAll(earlier.consumersByChannel);
        apply(change);
        text = sumOfText();
    }

    /** A consumer knows its channel, so those of a channel that changed are made anew; without their channel they are left out. */
    private void apply(Change change) {
        Map<Xid, List<Consumer>> put = change.consumers().stream()
                .collect(Collectors.groupingBy(each -> each.channel().id()));
        Set<Xid> touched = new HashSet<>(put.keySet());
        for (Xid id : change.ids()) {
            Optional.ofNullable(producersById.remove(id)).ifPresent(gone -> producers.remove(gone.publicId()));
            Optional.ofNullable(channelsById.remove(id)).ifPresent(gone -> {
                channels.remove(gone.publicId());
                touched.add(id);
            });
            Optional.ofNullable(consumers.remove(id))
                    .ifPresent(gone -> touched.add(gone.channel().id()));
        }
        for (Producer producer : change.producers()) {
            producers.put(producer.publicId(), producer);
            producersById.put(producer.id(), producer);
        }
        for (Channel channel : change.channels()) {
            channels.put(channel.publicId(), channel);
            channelsById.put(channel.id(), channel);
        }
        for (Xid channel : touched) {
            List<Consumer> kept = consumersOf(channel).stream()
                    .filter(each -> !change.ids().contains(each.id()))
                    .toList();
            kept.forEach(each -> consumers.remove(each.id()));
            setConsumers(
                    channel,
                    channel(channel)
                            .map(now -> Stream.concat(
                                    kept.stream().map(each -> each.of(now)),
                                    put.getOrDefault(channel, List.of()).stream()))
                            .orElseGet(Stream::of));
        }
    }

    private void setConsumers(Xid channel, Stream<Consumer> all) {
        List<Consumer> sorted = all.sorted(Comparator.comparing(Consumer::id)).toList();
        sorted.forEach(each -> consumers.put(each.id(), each));
        if (sorted.isEmpty()) {
            consumersByChannel.remove(channel);
            consumersByPublicId.remove(channel);
        } else {
            consumersByChannel.put(channel, sorted);
            consumersByPublicId.put(
                    channel,
                    sorted.stream().collect(Collectors.toUnmodifiableMap(Consumer::publicId, Function.identity())));
        }
    }

    private long sumOfText() {
        return Stream.of(producers.values(), channels.values(), consumers.values())
                .flatMap(Collection::stream)
                .mapToLong(RegistryLimit::text)
                .sum();
    }

    /** How many entries this node cannot use, since it cannot read their secrets. */
    public long unreadable() {
        return Stream.of(producers.values(), channels.values(), consumers.values())
                .flatMap(Collection::stream)
                .filter(entry -> !entry.isReadable())
                .count();
    }

    int size() {
        return producers.size() + channels.size() + consumers.size();
    }

    /** Characters of all entries. */
    long text() {
        return text;
    }

    public long version() {
        return version;
    }

    public Optional<Producer> producer(String publicId) {
        return Optional.ofNullable(producers.get(publicId));
    }

    public Optional<Producer> producer(Xid id) {
        return Optional.ofNullable(producersById.get(id));
    }

    public Collection<Producer> producers() {
        return producers.values();
    }

    public Collection<Channel> channels() {
        return channels.values();
    }

    public Optional<Channel> channel(String publicId) {
        return Optional.ofNullable(channels.get(publicId));
    }

    public Optional<Channel> channel(Xid id) {
        return Optional.ofNullable(channelsById.get(id));
    }

    public Optional<Consumer> consumer(Xid id) {
        return Optional.ofNullable(consumers.get(id));
    }

    public Optional<Consumer> consumer(Xid channelId, String publicId) {
        Map<String, Consumer> ofChannel = consumersByPublicId.getOrDefault(channelId, Map.of());
        return Optional.ofNullable(ofChannel.get(publicId));
    }

    public List<Consumer> consumersOf(Xid channelId) {
        return consumersByChannel.getOrDefault(channelId, List.of());
    }

    public Collection<Consumer> consumers() {
        return consumers.values();
    }
}
