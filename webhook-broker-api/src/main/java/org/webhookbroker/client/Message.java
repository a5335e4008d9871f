package org.webhookbroker.client;

import java.util.Map;
import java.util.UUID;

/**
 * A message to broadcast or to schedule. Immutable but for the payload, which is not copied: leave it alone until the call
 * has returned.
 *
 * @param id 1 to 255 visible ASCII characters, unique in the channel. The broker knows a repeat by it, so derive it from what
 *     happened (such as {@code order-17-paid}) where you can
 * @param contentType delivered as it is, parameters included
 * @param priority 0 or more; higher is delivered sooner
 * @param metadata headers that each consumer gets, such as {@code traceparent}; values of visible ASCII characters
 * @param payload 1 byte or more, at most {@code intake.maxPayload} of the broker (16 MiB less a byte unless set)
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Message(String id, String contentType, int priority, Map<String, String> metadata, byte[] payload) {
    private static final int LONGEST = 255;

    /** @throws IllegalArgumentException if the broker would refuse it for its id, content type, priority, headers, or for want of a payload */
    public Message {
        HeaderText.requireValue("the message id", id);
        HeaderText.requireValue("the content type", contentType);
        HeaderText.requireMetadata(metadata);
        if (id.length() > LONGEST || contentType.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "the message id or the content type has more than " + LONGEST + " characters");
        }
        if (priority < 0 || payload.length == 0) {
            throw new IllegalArgumentException("the priority is negative, or the payload is empty");
        }
        metadata = Map.copyOf(metadata);
    }

    /** With an id that is made now and stays, a random UUID; priority 0 and no metadata. */
    public static Message of(String contentType, byte[] payload) {
        return of(UUID.randomUUID().toString(), contentType, payload);
    }

    /** With your own id; priority 0 and no metadata. */
    public static Message of(String id, String contentType, byte[] payload) {
        return new Message(id, contentType, 0, Map.of(), payload);
    }

    /** The same with another priority. */
    public Message withPriority(int other) {
        return new Message(id, contentType, other, metadata, payload);
    }

    /** The same with other metadata headers in place of those it has. */
    public Message withMetadata(Map<String, String> other) {
        return new Message(id, contentType, priority, other, payload);
    }

    /** Without metadata and payload, which may be secret. */
    @Override
    public String toString() {
        return "Message " + id + " (" + contentType + ", " + payload.length + " bytes)";
    }
}
