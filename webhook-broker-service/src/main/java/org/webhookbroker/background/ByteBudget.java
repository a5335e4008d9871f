package org.webhookbroker.background;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that may be in memory at once for one purpose (G8). Nobody waits for room: a request that finds none is refused, so that two
 * bodies that have arrived in part cannot wait for each other. Thread-safe.
 */
public final class ByteBudget {
    /** Largest step that may use the reserve for small ones. */
    static final int SMALL = 64 << 10;

    private static final int RESERVED_SHARE = 8;

    private final long limit;
    private final long limitOfLarge;
    /** What this one is a part of. */
    private final @Nullable ByteBudget whole;

    private final AtomicLong used = new AtomicLong();

    private ByteBudget(long limit, long limitOfLarge, @Nullable ByteBudget whole) {
        this.limit = limit;
        this.limitOfLarge = limitOfLarge;
        this.whole = whole;
    }

    public static ByteBudget of(long limit) {
        return new ByteBudget(limit, limit, null);
    }

    /** An eighth is reserved for small steps, so that small payloads pass while large ones fill the rest. */
    public static ByteBudget withReserveForSmall(long limit) {
        return new ByteBudget(limit, limit - limit / RESERVED_SHARE, null);
    }

    /** A part with a bound of its own: what is reserved there is reserved here too. An eighth of it is for small steps. */
    public ByteBudget part(int percent) {
        long most = limit / 100 * percent;
        return new ByteBudget(most, most - most / RESERVED_SHARE, this);
    }

    public boolean tryReserve(long bytes) {
        long bound = bytes <= SMALL ? limit : limitOfLarge;
        return tryReserve(bytes, before -> before + bytes <= bound);
    }

    /**
     * For those who have a rule of their own.
     *
     * @param fits is given the bytes that are used, and may be asked again
     */
    public boolean tryReserve(long bytes, LongPredicate fits) {
        if (whole != null && !whole.tryReserve(bytes)) {
            return false;
        }
        boolean reserved = tryReserveHere(bytes, fits);
        if (!reserved && whole != null) {
            whole.release(bytes);
        }
        return reserved;
    }

    private boolean tryReserveHere(long bytes, LongPredicate fits) {
        long before = used.get();
        while (fits.test(before)) {
            if (used.compareAndSet(before, before + bytes)) {
                return true;
            }
            before = used.get();
        }
        return false;
    }

    public void release(long bytes) {
        used.addAndGet(-bytes);
        if (whole != null) {
            whole.release(bytes);
        }
    }

    /** What was reserved here is reserved in the whole alone from now on. Returns the whole. */
    public ByteBudget toTheWhole(long bytes) {
        if (whole == null) {
            return this;
        }
        used.addAndGet(-bytes);
        return whole;
    }

    public long used() {
        return used.get();
    }
}
