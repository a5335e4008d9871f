package org.webhookbroker.http.server;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.webhookbroker.background.ByteBudget;

/**
 * A request body in memory. The buffer grows with what has arrived, whatever length was announced, and reserves its bytes before it
 * grows (G8). The bytes belong to the buffer until they are taken; then the one who took them releases them. One thread at a time
 * fills it; taking and releasing are safe from any thread.
 */
final class BodyBuffer {
    /** The request attribute that has the body of a request which was read before its resource was asked. */
    static final String ATTRIBUTE = "org.webhookbroker.body";

    private static final int FIRST_STEP = 16 << 10;
    private static final int GROWTH = 2;
    private static final byte[] NOTHING = {};

    private final int bound;
    private ByteBudget budget;
    private byte[] bytes = NOTHING;
    private int size;
    private long reserved;
    private boolean released;

    /**
     * @param limit bytes that it may have
     * @param length as announced and at most the limit, or -1
     */
    BodyBuffer(ByteBudget budget, int limit, long length) {
        this.budget = budget;
        this.bound = length < 0 ? limit : (int) length;
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

    int size() {
        return size;
    }

    /** What is reserved in a part of a budget belongs to the whole of it from now on. */
    synchronized void leavePart() {
        budget = budget.toTheWhole(reserved);
    }

    /** Cuts off the room that is left, once the end has come. False if the budget has no room for the copy. */
    boolean trim() {
        return size == bytes.length || resize(size);
    }

    /** During the copy both arrays exist, so both are reserved. */
    private synchronized boolean resize(int capacity) {
        if (released || !budget.tryReserve(capacity)) {
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

    /** Hands over the bytes together with their reservation. After the release there are none, which must not pass for an empty body (G1). */
    synchronized byte[] take() {
        if (released) {
            throw new IllegalStateException("The request has ended before its body was taken");
        }
        reserved = 0;
        return bytes;
    }

    /** Gives back what is reserved, unless it was taken. */
    synchronized void release() {
        budget.release(reserved);
        reserved = 0;
        bytes = NOTHING;
        released = true;
    }
}
