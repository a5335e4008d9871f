package org.webhookbroker.database;

import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A 12-byte id in the xid layout: 4 bytes of Unix seconds, 5 of an incarnation's randomness, 3 of a counter. Ids sort by
 * creation, as bytes and as text, which keeps primary keys nearly ordered.
 */
public record Xid(long high, int low) implements Comparable<Xid> {
    public static final int BYTES = 12;

    private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuv";
    /** 20 characters hold 100 bits for 96, so only two last characters exist. */
    private static final Pattern FORM = Pattern.compile("[0-9a-v]{19}[0g]");

    /** Empty when the text is not exactly 20 characters of a well-formed xid. */
    public static Optional<Xid> parse(String text) {
        if (!FORM.matcher(text).matches()) {
            return Optional.empty();
        }
        long high = 0;
        for (int i = 0; i < 12; i++) {
            high = (high << 5) | ALPHABET.indexOf(text.charAt(i));
        }
        int thirteenth = ALPHABET.indexOf(text.charAt(12));
        high = (high << 4) | (thirteenth >>> 1);
        int low = thirteenth & 1;
        for (int i = 13; i < 19; i++) {
            low = (low << 5) | ALPHABET.indexOf(text.charAt(i));
        }
        return Optional.of(new Xid(high, (low << 1) | (ALPHABET.indexOf(text.charAt(19)) >>> 4)));
    }

    public static Xid of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("An xid has 12 bytes, not " + bytes.length);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Xid(buffer.getLong(), buffer.getInt());
    }

    /** The id {@code count} places further in the same block, see {@link XidGenerator#block}. */
    public Xid plus(int count) {
        return new Xid(high, low + count);
    }

    /** Second of creation by the clock of the node that made the id. */
    public Instant createdAt() {
        return Instant.ofEpochSecond(high >>> 32);
    }

    public byte[] bytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putInt(low).array();
    }

    @Override
    public int compareTo(Xid other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Integer.compareUnsigned(low, other.low);
    }

    @JsonValue
    @Override
    public String toString() {
        char[] text = new char[20];
        for (int i = 0; i < 12; i++) {
            text[i] = ALPHABET.charAt((int) (high >>> (59 - 5 * i)) & 31);
        }
        text[12] = ALPHABET.charAt(((int) (high & 15) << 1) | (low >>> 31));
        for (int i = 13; i < 19; i++) {
            text[i] = ALPHABET.charAt(low >>> (26 - 5 * (i - 13)) & 31);
        }
        text[19] = ALPHABET.charAt((low & 1) << 4);
        return new String(text);
    }
}
