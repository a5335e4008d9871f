package org.webhookbroker.message;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a producer sent, byte for byte.
 *
 * @param headers metadata headers to pass on, names as spelled by the producer
 * @param payload not copied: nobody may change it
 */
@SuppressWarnings("ArrayRecordComponent") // payloads are never compared
public record Content(String contentType, int priority, Map<String, String> headers, byte[] payload) {
    private static final int OVERHEAD = 1024;
    private static final int PIECE = 8192;

    /** Bytes of memory that it takes: the body, the headers, and an allowance for the objects around them. */
    public int size() {
        int size = payload.length + OVERHEAD;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            size += header.getKey().length() + header.getValue().length();
        }
        return size;
    }

    /** Whether the payload, shown as text, can be turned back into its bytes. Decodes it piece by piece: a copy as text is large. */
    public boolean isUtf8() {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer bytes = ByteBuffer.wrap(payload);
        CharBuffer piece = CharBuffer.allocate(PIECE);
        CoderResult result;
        do {
            piece.clear();
            result = decoder.decode(bytes, piece, true);
        } while (result.isOverflow());
        return !result.isError();
    }
}
