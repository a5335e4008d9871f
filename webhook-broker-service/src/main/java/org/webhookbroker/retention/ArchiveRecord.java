package org.webhookbroker.retention;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.DeliveredJob;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Message;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.RegistryEntry;
import org.webhookbroker.registry.RegistrySnapshot;

/**
 * One line of an archive: a message with its jobs, in the keys of contract 9. Tokens are left empty, and
 * what {@link Redaction} names: an archive is kept for years, by others than those who may send. A payload that is not UTF-8 has its exact bytes in one more
 * key, {@code PayloadBase64}. Payloads are written as they are, since a copy as text would take four times their memory.
 */
record ArchiveRecord(Message message, List<DeliveredJob> jobs, RegistrySnapshot registry) {
    private static final int DISPATCHED = 102;
    private static final int DELIVERED = 1003;

    void write(JsonGenerator json, Redaction redaction) throws IOException {
        json.writeStartObject();
        json.writeFieldName("message");
        boolean text = message.content().isUtf8();
        writeMessage(json, redaction, text);
        if (!text) {
            json.writeBinaryField("PayloadBase64", message.content().payload());
        }
        json.writeEndObject();
        json.writeArrayFieldStart("jobs");
        for (DeliveredJob job : jobs) {
            writeJob(json, redaction, job, text);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** Leaves its object open. */
    private void writeMessage(JsonGenerator json, Redaction redaction, boolean text) throws IOException {
        Content content = message.content();
        json.writeStartObject();
        writeIdentity(json, message.id(), message.receivedAt(), message.receivedAt());
        json.writeStringField("MessageID", message.publicId());
        json.writeFieldName("Payload");
        if (text) {
            json.writeUTF8String(content.payload(), 0, content.payload().length);
        } else {
            json.writeString(new String(content.payload(), StandardCharsets.UTF_8));
        }
        json.writeStringField("ContentType", content.contentType());
        json.writeNumberField("Priority", content.priority());
        json.writeNumberField("Status", DISPATCHED);
        json.writeFieldName("BroadcastedTo");
        writeChannel(json);
        json.writeFieldName("ProducedBy");
        writeEntry(json, message.producerId(), registry.producer(message.producerId()), "ProducerID");
        json.writeEndObject();
        json.writeStringField("ReceivedAt", message.receivedAt().toString());
        json.writeStringField("OutboxedAt", message.receivedAt().toString());
        json.writeObjectFieldStart("Headers");
        for (Map.Entry<String, String> header : content.headers().entrySet()) {
            if (redaction.keeps(header.getKey())) {
                json.writeStringField(header.getKey(), header.getValue());
            }
        }
        json.writeEndObject();
    }

    private void writeJob(JsonGenerator json, Redaction redaction, DeliveredJob job, boolean text) throws IOException {
        json.writeStartObject();
        writeIdentity(json, job.id(), message.receivedAt(), job.deliveredAt());
        json.writeFieldName("Message");
        writeMessage(json, redaction, text);
        json.writeEndObject();
        json.writeFieldName("Listener");
        Optional<Consumer> consumer = registry.consumer(job.consumerId());
        writeEntry(json, job.consumerId(), consumer, "ConsumerID");
        json.writeStringField(
                "CallbackURL",
                consumer.map(Consumer::callbackUrl)
                        .map(Redaction::withoutCredentials)
                        .orElse(""));
        json.writeFieldName("ConsumingFrom");
        writeChannel(json);
        boolean pull = consumer.filter(each -> each.type() == ConsumerType.PULL).isPresent();
        json.writeNumberField("Type", pull ? 0 : 1);
        json.writeEndObject();
        json.writeNumberField("Status", DELIVERED);
        json.writeStringField("StatusChangedAt", job.deliveredAt().toString());
        json.writeStringField("DispatchReceivedAt", message.receivedAt().toString());
        json.writeStringField("EarliestNextAttemptAt", message.receivedAt().toString());
        json.writeNumberField("RetryAttemptCount", job.attempts());
        json.writeNumberField("Priority", message.content().priority());
        json.writeNumberField("IncrementalTimeout", 0);
        json.writeEndObject();
    }

    private void writeChannel(JsonGenerator json) throws IOException {
        Optional<Channel> channel = registry.channel(message.channelId());
        writeEntry(json, message.channelId(), channel, "ChannelID");
        json.writeEndObject();
    }

    /** Leaves its object open. Of an entry that was removed only the internal id is known. */
    private static void writeEntry(JsonGenerator json, Xid id, Optional<? extends RegistryEntry> entry, String idKey)
            throws IOException {
        json.writeStartObject();
        Instant created = entry.map(RegistryEntry::createdAt).orElse(id.createdAt());
        writeIdentity(json, id, created, entry.map(RegistryEntry::changedAt).orElse(created));
        json.writeStringField("Name", entry.map(RegistryEntry::name).orElse(""));
        json.writeStringField("Token", "");
        json.writeStringField(idKey, entry.map(RegistryEntry::publicId).orElse(""));
    }

    private static void writeIdentity(JsonGenerator json, Xid id, Instant created, Instant updated) throws IOException {
        json.writeStringField("ID", id.toString());
        json.writeStringField("CreatedAt", created.toString());
        json.writeStringField("UpdatedAt", updated.toString());
    }
}
