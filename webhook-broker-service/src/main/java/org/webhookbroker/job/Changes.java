package org.webhookbroker.job;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.webhookbroker.database.Xid;

/**
 * What is to be added to the counters, by owner, and how that is written in a slot: for each transaction its time as text, how many changes follow, and for each of
 * these the owner, the counter and the number. Not thread-safe.
 */
final class Changes {
    /** As {@code UTC_TIMESTAMP(6)} is written. */
    private static final int TIME = "2026-01-31 12:00:00.000000".length();

    private static final int CHANGE = Xid.BYTES + 1 + Integer.BYTES;

    private final Map<Xid, Counts> byOwner = new HashMap<>();

    Map<Xid, Counts> byOwner() {
        return Collections.unmodifiableMap(byOwner);
    }

    void add(Xid owner, Counter counter, long count) {
        if (count != 0) {
            of(owner).add(counter, count);
        }
    }

    boolean isEmpty() {
        return byOwner.isEmpty();
    }

    /** Those of one transaction, before which the database writes its time. */
    byte[] bytes() {
        int changes = 0;
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES + byOwner.size() * Counter.ALL.size() * CHANGE)
                .putInt(0);
        for (Map.Entry<Xid, Counts> each : byOwner.entrySet()) {
            for (Counter counter : Counter.ALL) {
                long count = each.getValue().of(counter);
                if (count != 0) {
                    Xid owner = each.getKey();
                    buffer.putLong(owner.high()).putInt(owner.low());
                    buffer.put((byte) counter.code()).putInt(Math.toIntExact(count));
                    changes++;
                }
            }
        }
        buffer.putInt(0, changes);
        byte[] written = new byte[buffer.flip().limit()];
        buffer.get(written);
        return written;
    }

    /** How many bytes the database makes of them. */
    static int sizeInSlot(byte[] changes) {
        return TIME + changes.length;
    }

    void addAll(byte[] slot) {
        ByteBuffer buffer = ByteBuffer.wrap(slot);
        byte[] text = new byte[TIME];
        while (buffer.hasRemaining()) {
            buffer.get(text);
            Instant time = LocalDateTime.parse(new String(text, StandardCharsets.US_ASCII).replace(' ', 'T'))
                    .toInstant(ZoneOffset.UTC);
            for (int left = buffer.getInt(); left > 0; left--) {
                Counts counts = of(new Xid(buffer.getLong(), buffer.getInt()));
                Counter counter = Counter.ALL.get(buffer.get());
                counts.add(counter, buffer.getInt());
                if (counter == Counter.DELIVERED) {
                    counts.deliveredAt(time);
                }
            }
        }
    }

    Counts of(Xid owner) {
        return byOwner.computeIfAbsent(owner, id -> new Counts());
    }
}
