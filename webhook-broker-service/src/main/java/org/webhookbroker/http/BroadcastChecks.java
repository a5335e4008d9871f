package org.webhookbroker.http;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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

    /** One of the two is there. */
    record Result(@Nullable Accepted ok, @Nullable Response refusal) {
        Accepted accepted() {
            return Objects.requireNonNull(ok);
        }

        static Result refused(Response.StatusType status, String text) {
            return new Result(null, Answers.text(status, text));
        }
    }

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

    Result check(String channelId, MultivaluedMap<String, String> headers) {
        Optional<Channel> channel = lookup.channel(channelId);
        if (channel.isEmpty()) {
            return new Result(null, Answers.notFound());
        }
        if (!lookup.tokenMatches(channel.get(), text(headers, BrokerHeaders.CHANNEL_TOKEN))) {
            return Result.refused(Status.FORBIDDEN, "channel token does not match");
        }
        String producerId = text(headers, BrokerHeaders.PRODUCER_ID);
        Optional<Producer> producer =
                producerId == null || producerId.isEmpty() ? Optional.empty() : lookup.producer(producerId);
        if (producer.isEmpty()) {
            return Result.refused(Status.UNAUTHORIZED, "producer could not be found");
        }
        if (!lookup.tokenMatches(producer.get(), text(headers, BrokerHeaders.PRODUCER_TOKEN))) {
            return Result.refused(Status.FORBIDDEN, "producer token does not match");
        }
        String scheduledFor = headers.getFirst(BrokerHeaders.SCHEDULED_FOR);
        if (scheduledFor != null && !scheduledFor.isEmpty()) {
            return new Result(null, schedule.refusal(scheduledFor));
        }
        return accept(channel.get(), producer.get(), headers);
    }

    private Result accept(Channel channel, Producer producer, MultivaluedMap<String, String> headers) {
        String wantedId = text(headers, BrokerHeaders.MESSAGE_ID);
        String messageId = wantedId == null || wantedId.isEmpty() ? ids.next().toString() : wantedId;
        String givenType = headers.getFirst(HttpHeaders.CONTENT_TYPE);
        String contentType = givenType == null || givenType.isEmpty() ? DEFAULT_CONTENT_TYPE : givenType;
        int priority = Priority.parse(headers.getFirst(BrokerHeaders.MESSAGE_PRIORITY));
        Optional<String> wrong = ValueRules.text(BrokerHeaders.MESSAGE_ID, messageId)
                .or(() -> ValueRules.text(HttpHeaders.CONTENT_TYPE, contentType));
        if (wrong.isPresent()) {
            return Result.refused(Status.BAD_REQUEST, wrong.get());
        }
        if (priority == Priority.TOO_LARGE) {
            return Result.refused(
                    Status.BAD_REQUEST,
                    "Bad Request: `" + BrokerHeaders.MESSAGE_PRIORITY + "` is larger than " + Integer.MAX_VALUE);
        }
        Map<String, String> passedOn = metadata.of(headers.getFirst(BrokerHeaders.METADATA_HEADERS), headers);
        return new Result(new Accepted(channel, producer, messageId, contentType, priority, passedOn), null);
    }

    private static @Nullable String text(MultivaluedMap<String, String> headers, String name) {
        return HeaderText.decodeIfAny(headers.getFirst(name));
    }
}
