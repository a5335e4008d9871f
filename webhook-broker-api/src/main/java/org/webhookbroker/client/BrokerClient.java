package org.webhookbroker.client;

import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.webhookbroker.api.BrokerHeaders;

/**
 * Calls one broker, for producers and pull consumers. It follows no redirects, and every call has an end. Thread-safe; one is enough
 * for a process, and shares its connections among all that use it.
 *
 * <pre>{@code
 * try (BrokerClient client = BrokerClient.of(URI.create("http://localhost:8080")).build()) {
 *     Producer shop = client.producer(new Credential("orders", "orders-secret"), new Credential("shop", "shop-secret"));
 *     shop.broadcast(Message.of("order-17-paid", "application/json", bytes));
 * }
 * }</pre>
 */
public final class BrokerClient implements AutoCloseable {
    private final ClientSettings settings;
    private final Transport transport;
    private final Retries retries;
    private final Set<PullLoop> loops = ConcurrentHashMap.newKeySet();

    BrokerClient(ClientSettings settings) {
        this.settings = settings;
        this.transport = new Transport(settings);
        this.retries = new Retries(transport, settings);
    }

    /**
     * @param broker where the API is, such as {@code http://localhost:8080}; a path before that of the API may follow
     * @throws IllegalArgumentException if it is no such address
     */
    public static BrokerClientBuilder of(URI broker) {
        return new BrokerClientBuilder(broker);
    }

    /** A producer that broadcasts to this channel. Asks the broker nothing yet. */
    public Producer producer(Credential channel, Credential producer) {
        return new Producer(
                retries,
                settings.concurrency(),
                channel.id(),
                producer.id(),
                Map.of(BrokerHeaders.CHANNEL_TOKEN, channel.token(), BrokerHeaders.PRODUCER_TOKEN, producer.token()));
    }

    /**
     * The same by ids alone, for a client with a key of the role {@code broadcast} that covers the channel.
     *
     * @throws IllegalArgumentException if an id is empty, or the client has no {@link BrokerClientBuilder#key}
     */
    public Producer producer(String channel, String producer) {
        requireKey(channel, producer);
        return new Producer(retries, settings.concurrency(), channel, producer, Map.of());
    }

    /** A pull consumer of this channel. Asks the broker nothing yet. */
    public PullBuilder pull(Credential channel, Credential consumer) {
        return pull(
                channel.id(),
                consumer.id(),
                Map.of(BrokerHeaders.CHANNEL_TOKEN, channel.token(), BrokerHeaders.CONSUMER_TOKEN, consumer.token()));
    }

    /**
     * The same by ids alone, for a client whose key is for the pull consumers of the channel.
     *
     * @throws IllegalArgumentException if an id is empty, or the client has no {@link BrokerClientBuilder#key}
     */
    public PullBuilder pull(String channel, String consumer) {
        requireKey(channel, consumer);
        return pull(channel, consumer, Map.of());
    }

    private PullBuilder pull(String channel, String consumer, Map<String, String> tokens) {
        return new PullBuilder(new Leases(transport, channel, consumer, tokens), settings, loops);
    }

    private void requireKey(String channel, String other) {
        if (settings.key() == null || channel.isEmpty() || other.isEmpty()) {
            throw new IllegalArgumentException("an id is empty, or the client has neither tokens nor a key");
        }
    }

    Versions versions() {
        return retries.versions();
    }

    /**
     * Closes the loops of its pull consumers in order, see {@link PullLoop#close}, then ends the calls that are under way, which fail,
     * and closes the connections. Java 17 and 18 to 20 close those only when this object is collected.
     */
    @Override
    public void close() {
        loops.forEach(PullLoop::stop);
        loops.forEach(PullLoop::close);
        transport.close();
    }
}
