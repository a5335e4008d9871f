package org.webhookbroker.http;

import jakarta.ws.rs.core.HttpHeaders;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.http.server.DirectRequest;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.message.OwnHeaders;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Producer;
import org.webhookbroker.registry.RegistryLookup;
import org.webhookbroker.registry.ValueRules;

/** Checks the path and the headers of a broadcast, in the order of contract 4.2, before its body is read. Thread-safe. */
final class BroadcastChecks {
    /**
     * All of a broadcast but its payload.
     *
     * @param dueAt empty for one that is delivered at once
     */
    record Accepted(
            Channel channel,
            Producer producer,
            String messageId,
            String contentType,
            int priority,
            Map<String, String> metadata,
            Optional<Instant> dueAt) {
        boolean isScheduled() {
            return dueAt.isPresent();
        }
    }

    private static final String DEFAULT_CONTENT_TYPE = "application/octet-stream";

    private final ProducerAccess access;
    private final ScheduleRule schedule;
    private final MetadataHeaders metadata;
    private final XidGenerator ids;

    BroadcastChecks(RegistryLookup lookup, ScheduleRule schedule, XidGenerator ids, OwnHeaders own) {
        this.access = new ProducerAccess(lookup);
        this.schedule = schedule;
        this.ids = ids;
        this.metadata = new MetadataHeaders(own);
    }

    Accepted check(String channelId, DirectRequest request) {
        ProducerAccess.Granted granted = access.require(channelId, request);
        String scheduledFor = request.header(BrokerHeaders.SCHEDULED_FOR);
        Optional<Instant> dueAt =
                scheduledFor.isEmpty() ? Optional.empty() : Optional.of(schedule.require(scheduledFor));
        String wantedId = request.header(BrokerHeaders.MESSAGE_ID);
        String messageId = wantedId.isEmpty() ? ids.next().toString() : wantedId;
        String givenType = request.header(HttpHeaders.CONTENT_TYPE);
        String contentType = givenType.isEmpty() ? DEFAULT_CONTENT_TYPE : givenType;
        int priority = Priority.parse(request.header(BrokerHeaders.MESSAGE_PRIORITY));
        ValueRules.text(BrokerHeaders.MESSAGE_ID, messageId)
                .or(() -> ValueRules.text(HttpHeaders.CONTENT_TYPE, contentType))
                .ifPresent(BroadcastChecks::refuse);
        if (priority == Priority.TOO_LARGE) {
            refuse("`" + BrokerHeaders.MESSAGE_PRIORITY + "` is larger than " + Integer.MAX_VALUE);
        }
        return new Accepted(
                granted.channel(), granted.producer(), messageId, contentType, priority, metadata.of(request), dueAt);
    }

    private static void refuse(String text) {
        throw Refusal.of(400, "Bad Request: " + text);
    }
}
