package org.webhookbroker.client;

import java.util.Map;

/**
 * A job that is leased to this process until its handler has ended.
 *
 * @param id of the job
 * @param messageId the same in every attempt: recognise repeats by it
 * @param contentType as it was broadcast
 * @param metadata headers that its producer passed on
 * @param payload the bytes that were broadcast
 * @param priority higher is sooner
 * @param attempts that failed before
 * @param possibleDuplicate whether an earlier attempt may have been acted on
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PulledJob(
        String id,
        String messageId,
        String contentType,
        Map<String, String> metadata,
        byte[] payload,
        int priority,
        int attempts,
        boolean possibleDuplicate) {
    /** Without metadata and payload, which may be secret. */
    @Override
    public String toString() {
        return "PulledJob " + id + " of message " + messageId;
    }
}
