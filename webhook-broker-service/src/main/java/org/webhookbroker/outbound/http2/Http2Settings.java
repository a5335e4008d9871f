package org.webhookbroker.outbound.http2;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a consumer's SETTINGS say, all in all, in numbers that HttpCore (5.4.4) can take (RFC 9113, 6.5.2). HttpCore forgets what
 * earlier SETTINGS said, fails for zero and for values above 2^31, and makes its buffers as large as a stranger wants them (G8).
 */
final class Http2Settings {
    /** The bytes of one setting: id and value. */
    static final int SIZE = 6;

    private static final int HEADER_TABLE_SIZE = 1;
    private static final int ENABLE_PUSH = 2;
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int MAX_FRAME_SIZE = 5;
    private static final int MAX_HEADER_LIST_SIZE = 6;

    private static final int ENOUGH_OF_A_TABLE = 4096;
    private static final int ENOUGH_OF_A_FRAME = 1 << 14;
    private static final int LONGEST_FRAME = (1 << 24) - 1;

    private final Map<Integer, Integer> values = new TreeMap<>();
    private boolean takesStreams = true;

    /** Settings that are not known are ignored. */
    void put(int id, int value) {
        switch (id) {
            case ENABLE_PUSH, INITIAL_WINDOW_SIZE -> values.put(id, value);
            case HEADER_TABLE_SIZE -> values.put(id, Math.min(unsigned(value), ENOUGH_OF_A_TABLE));
            case MAX_CONCURRENT_STREAMS -> {
                takesStreams = value != 0;
                values.put(id, Math.max(1, unsigned(value)));
            }
            case MAX_FRAME_SIZE -> values.put(id, value > LONGEST_FRAME ? value : Math.min(value, ENOUGH_OF_A_FRAME));
            case MAX_HEADER_LIST_SIZE -> values.put(id, Math.max(1, unsigned(value)));
            default -> {}
        }
    }

    /** Whether requests may be made at all: no, while their limit is zero. */
    boolean takesStreams() {
        return takesStreams;
    }

    int length() {
        return SIZE * values.size();
    }

    void write(ByteBuffer frame) {
        values.forEach((id, value) -> frame.putShort(id.shortValue()).putInt(value));
    }

    private static int unsigned(int value) {
        return value < 0 ? Integer.MAX_VALUE : value;
    }
}
