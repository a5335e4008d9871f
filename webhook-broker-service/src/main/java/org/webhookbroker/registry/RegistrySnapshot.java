package org.webhookbroker.registry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.webhookbroker.database.Xid;

/** All producers, channels and consumers at one version of the registry. Immutable. */
public final class RegistrySnapshot {
    /** For those who are not shown what there is. */
    public static final RegistrySnapshot EMPTY = new RegistrySnapshot(0, List.of(), List.of(), List.of());

    private final long version;
    private final long text;
    private final Map<String, Producer> producers = new HashMap<>();
    private final Map<Xid, Producer> producersById = new HashMap<>();
    private final Map<String, Channel> channels = new HashMap<>();
    private final Map<Xid, Channel> channelsById = new HashMap<>();
    private final Map<Xid, Consumer> consumers = new HashMap<>();
    private final Map<Xid, Map<String, Consumer>> consumersByPublicId = new HashMap<>();
    private final Map<Xid, List<Consumer>> consumersByChannel = new HashMap<>();

    RegistrySnapshot(
            long version,
            Collection<Producer> producers,
            Collection<Channel> channels,
            Collection<Consumer> consumers) {
        this.version = version;
        this.text = Stream.of(producers, channels, consumers)
                .flatMap(Collection::stream)
                .mapToLong(RegistryLimit::text)
                .sum();
        for (Producer producer : producers) {
            this.producers.put(producer.publicId(), producer);
            producersById.put(producer.id(), producer);
        }
        for (Channel channel : channels) {
            this.channels.put(channel.publicId(), channel);
            channelsById.put(channel.id(), channel);
        }
        for (Consumer consumer : consumers) {
            this.consumers.put(consumer.id(), consumer);
            consumersByPublicId
                    .computeIfAbsent(consumer.channel().id(), id -> new HashMap<>())
                    .put(consumer.publicId(), consumer);
            consumersByChannel
                    .computeIfAbsent(consumer.channel().id(), id -> new ArrayList<>())
                    .add(consumer);
        }
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
