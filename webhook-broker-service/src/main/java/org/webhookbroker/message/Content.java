package org.webhookbroker.message;

import java.util.Map;

/**
 * What a producer sent, byte for byte.
 *
 * @param headers metadata headers to pass on, names as spelled by the producer
 * @param payload not copied: nobody may change it
 */
@SuppressWarnings("ArrayRecordComponent") // payloads are never compared
public record Content(String contentType, int priority, Map<String, String> headers, byte[] payload) {
    /** Bytes of memory that it takes: the body, the headers, and an allowance for the objects around them. */
    public int size() {
        int size = payload.length + OVERHEAD;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            size += header.getKey().length() + header.getValue().length();
        }
        return size;
    }

    private static final int OVERHEAD = 1024;
}
