package org.webhookbroker.http.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.webhookbroker.background.ByteBudget;
import org.webhookbroker.message.IntakeFactory.Limits;

/**
 * A request body in memory. The buffer grows with what has arrived, whatever length was announced, and reserves its bytes before it
 * grows (G8). The bytes belong to the buffer until they are taken; then the one who took them releases them. One thread fills it;
 * taking and releasing are safe from any thread.
 */
final class BodyBuffer {
    /** The request attribute that has the body of a request whose signature was checked. */
    static final String ATTRIBUTE = "org.webhookbroker.body";

    private static final int FIRST_STEP = 16 << 10;
    private static final int GROWTH = 4;
    private static final byte[] NOTHING = {};

    private final ByteBudget budget;
    private final Limits limits;
    private final int bound;
    private final long startedAt = System.nanoTime();
    private byte[] bytes = NOTHING;
    private int size;
    private long reserved;

    /** @param length as announced and at most the limit, or -1 */
    BodyBuffer(ByteBudget budget, Limits limits, long length) {
        this.budget = budget;
        this.limits = limits;
        this.bound = length < 0 ? limits.maxPayload() : (int) length;
    }

    /** Whether {@code more} bytes stay within the announced length, or within the limit where none was announced. */
    boolean mayTake(int more) {
        return more <= bound - size;
    }

    /** Grows so that {@code more} bytes have room. False if the budget has no room for that. */
    boolean makeRoom(int more) {
        int needed = size + more;
        return needed <= bytes.length || resize(Math.max(needed, Math.min(bound, Math.max(FIRST_STEP, GROWTH * size))));
    }

    void add(ByteBuffer more) {
        int count = more.remaining();
        more.get(bytes, size, count);
        size += count;
    }

    /** Reads once, as much as there is room for; -1 at the end. */
    int readFrom(InputStream body) throws IOException {
        int count = body.read(bytes, size, bytes.length - size);
        size += Math.max(0, count);
        return count;
    }

    /** Whether as much has arrived as may. */
    boolean isFull() {
        return size == bound;
    }

    /** Whether it drips. A body that stands still is ended by the idle timeout of requests. */
    boolean isTooSlow() {
        return !isFull() && limits.isTooSlow(size, System.nanoTime() - startedAt);
    }

    /** Cuts off the room that is left, once the end has come. False if the budget has no room for the copy. */
    boolean trim() {
        return size == bytes.length || resize(size);
    }

    /** During the copy both arrays exist, so both are reserved. */
    private boolean resize(int capacity) {
        if (!budget.tryReserve(capacity)) {
            return false;
        }
        reserved += capacity;
        int before = bytes.length;
        bytes = Arrays.copyOf(bytes, capacity);
        budget.release(before);
        reserved -= before;
        return true;
    }

    /** What has arrived; the whole array, once it is trimmed. */
    byte[] bytes() {
        return bytes;
    }

    /** Hands over the bytes together with their reservation. Empty after the release. */
    synchronized byte[] take() {
        reserved = 0;
        return bytes;
    }

    /** Gives back what is reserved, unless it was taken. */
    synchronized void release() {
        budget.release(reserved);
        reserved = 0;
        bytes = NOTHING;
    }
}
