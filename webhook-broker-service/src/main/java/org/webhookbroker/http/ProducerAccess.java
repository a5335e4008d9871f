package org.webhookbroker.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.Optional;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.http.server.RequestHeaders;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Producer;
import org.webhookbroker.registry.RegistryLookup;

/** Who may write to a channel: contract 4.2, checks 1 to 4, in its order. Thread-safe. */
final class ProducerAccess {
    /** The channel and the producer whose tokens the request has. */
    record Granted(Channel channel, Producer producer) {}

    private final RegistryLookup lookup;

    ProducerAccess(RegistryLookup lookup) {
        this.lookup = lookup;
    }

    Granted require(String channelId, ContainerRequestContext request) {
        Channel channel = lookup.channel(channelId).orElseThrow(Refusal::notFound);
        if (!lookup.tokenMatches(channel, RequestHeaders.first(request, BrokerHeaders.CHANNEL_TOKEN))) {
            throw Refusal.of(403, "channel token does not match");
        }
        String producerId = RequestHeaders.first(request, BrokerHeaders.PRODUCER_ID);
        Optional<Producer> producer = producerId.isEmpty() ? Optional.empty() : lookup.producer(producerId);
        if (producer.isEmpty()) {
            throw Refusal.of(401, "producer could not be found");
        }
        if (!lookup.tokenMatches(producer.get(), RequestHeaders.first(request, BrokerHeaders.PRODUCER_TOKEN))) {
            throw Refusal.of(403, "producer token does not match");
        }
        return new Granted(channel, producer.get());
    }
}
