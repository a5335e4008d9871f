package org.webhookbroker.http;

import java.nio.charset.StandardCharsets;
import org.webhookbroker.api.ScheduledMessageResponse;
import org.webhookbroker.message.Content;
import org.webhookbroker.registry.Producer;
import org.webhookbroker.registry.RegistryLookup;
import org.webhookbroker.schedule.ScheduledMessage;

/** Scheduled messages as the answers show them. */
final class ScheduledViews {
    private ScheduledViews() {}

    static ScheduledMessageResponse of(ScheduledMessage message, RegistryLookup lookup) {
        Content content = message.content();
        return new ScheduledMessageResponse(
                content.contentType(),
                message.dueAt(),
                message.dispatchedAt(),
                content.headers(),
                message.key().id().toString(),
                message.key().publicId(),
                new String(content.payload(), StandardCharsets.UTF_8),
                content.priority(),
                lookup.producer(message.key().producerId())
                        .map(Producer::publicId)
                        .orElse(""),
                message.state().name());
    }
}
