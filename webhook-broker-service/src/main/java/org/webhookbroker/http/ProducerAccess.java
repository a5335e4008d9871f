package org.webhookbroker.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.http.access.Caller;
import org.webhookbroker.http.server.DirectRequest;
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

    /** A stranger gets one answer, whether there is no such producer or its token is another. */
    Granted require(String channelId, DirectRequest request) {
        return require(channelId, Caller.of(request.jetty()), request::header);
    }

    Granted require(String channelId, ContainerRequestContext request) {
        return require(channelId, Caller.of(request), name -> RequestHeaders.first(request, name));
    }

    private Granted require(String channelId, Caller caller, UnaryOperator<String> header) {
        Channel channel = ChannelAccess.require(lookup, channelId, caller, header.apply(BrokerHeaders.CHANNEL_TOKEN));
        String producerId = header.apply(BrokerHeaders.PRODUCER_ID);
        if (!caller.maySendAs(producerId)) {
            throw Refusal.of(403, "the key is for another producer than `" + BrokerHeaders.PRODUCER_ID + "` names");
        }
        String token = header.apply(BrokerHeaders.PRODUCER_TOKEN);
        Optional<Producer> producer = producerId.isEmpty() ? Optional.empty() : lookup.producer(producerId);
        if (producer.isEmpty()) {
            throw caller.isStranger() && !producerId.isEmpty()
                    ? wrong(caller, token)
                    : Refusal.of(401, "producer could not be found");
        }
        if (!caller.standsFor(token) && !lookup.tokenMatches(producer.get(), token)) {
            throw wrong(caller, token);
        }
        return new Granted(channel, producer.get());
    }

    private static Refusal wrong(Caller caller, String token) {
        return caller.wrongToken(token, Refusal.of(403, "producer token does not match"));
    }
}
