package org.webhookbroker.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Map;
import java.util.Optional;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Producer;
import org.webhookbroker.registry.RegistryLookup;
import org.webhookbroker.registry.ValueRules;

/** What a broadcast's path and headers say, in the contract's order (4.2), before anything of its body is read. Thread-safe. */
public final class BroadcastChecks {
    /** All of a broadcast but its payload. */
    record Accepted(
            Channel channel,
            Producer producer,
            String messageId,
            String contentType,
            int priority,
            Map<String, String> metadata) {}

    private static final String DEFAULT_CONTENT_TYPE = "application/octet-stream";

    private final RegistryLookup lookup;
    private final ScheduleRule schedule;
    private final MetadataHeaders metadata;
    private final XidGenerator ids;

    /** @param consumerTokenHeader the configured name under which consumers get their token */
    public BroadcastChecks(RegistryLookup lookup, ScheduleRule schedule, XidGenerator ids, String consumerTokenHeader) {
        this.lookup = lookup;
        this.schedule = schedule;
        this.ids = ids;
        this.metadata = new MetadataHeaders(consumerTokenHeader);
    }

    Accepted check(String channelId, ContainerRequestContext request) {
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
        String scheduledFor = RequestHeaders.first(request, BrokerHeaders.SCHEDULED_FOR);
        if (!scheduledFor.isEmpty()) {
            throw schedule.refusal(scheduledFor);
        }
        return accept(channel, producer.get(), request);
    }

    private Accepted accept(Channel channel, Producer producer, ContainerRequestContext request) {
        String wantedId = RequestHeaders.first(request, BrokerHeaders.MESSAGE_ID);
        String messageId = wantedId.isEmpty() ? ids.next().toString() : wantedId;
        String givenType = RequestHeaders.contentType(request);
        String contentType = givenType.isEmpty() ? DEFAULT_CONTENT_TYPE : givenType;
        int priority = Priority.parse(RequestHeaders.first(request, BrokerHeaders.MESSAGE_PRIORITY));
        ValueRules.text(BrokerHeaders.MESSAGE_ID, messageId)
                .or(() -> ValueRules.text(HttpHeaders.CONTENT_TYPE, contentType))
                .ifPresent(BroadcastChecks::refuse);
        if (priority == Priority.TOO_LARGE) {
            refuse("Bad Request: `" + BrokerHeaders.MESSAGE_PRIORITY + "` is larger than " + Integer.MAX_VALUE);
        }
        return new Accepted(channel, producer, messageId, contentType, priority, metadata.of(request));
    }

    private static void refuse(String text) {
        throw Refusal.of(400, text);
    }
}
