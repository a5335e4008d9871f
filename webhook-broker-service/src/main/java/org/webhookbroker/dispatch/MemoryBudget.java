package org.webhookbroker.dispatch;

import org.webhookbroker.background.ByteBudget;

/**
 * Bytes of messages that all lanes together may hold. Each lane has 32 KiB of its own, with which it goes on when few others that are
 * stuck have all the rest; the own parts have half as much again in sum, and once half of that is taken only a lane that holds nothing
 * may have of it, for one job. Beyond its own a lane may have a quarter of what is still free, so that the first lanes that are stuck do
 * not take all: this is the dynamic threshold of shared-memory switches (Choudhury and Hahne, 1998). A lane that holds nothing may exceed
 * it by one job, so that a large message does not wait for ever behind small ones. Once both parts are full, whoever holds nothing waits
 * until something is given back. Thread-safe.
 */
final class MemoryBudget {
    static final long OWN = 32 << 10;

    private static final int SHARE = 4;

    private final long limit;
    private final ByteBudget shared;
    private final ByteBudget own;

    MemoryBudget(long limit) {
        this.limit = limit;
        this.shared = ByteBudget.of(limit);
        this.own = ByteBudget.of(limit / 2);
    }

    Part part() {
        return new Part();
    }

    /** What one lane holds. Not thread-safe: its lane guards it. */
    final class Part {
        private long ofOwn;
        private long ofShared;

        boolean tryAcquire(long size) {
            boolean isEmpty = bytes() == 0;
            long wanted = Math.min(size, OWN - ofOwn);
            long mine = wanted > 0 && own.tryReserve(wanted, used -> used + wanted <= (isEmpty ? limit / 2 : limit / 4))
                    ? wanted
                    : 0;
            long more = size - mine;
            if (more > 0 && !shared.tryReserve(more, used -> fits(more, used) || (isEmpty && used <= limit))) {
                own.release(mine);
                return false;
            }
            ofOwn += mine;
            ofShared += more;
            return true;
        }

        private boolean fits(long more, long used) {
            return ofShared + more <= (limit - used) / SHARE;
        }

        void release(long size) {
            long more = Math.min(size, ofShared);
            shared.release(more);
            own.release(size - more);
            ofShared -= more;
            ofOwn -= size - more;
        }

        long bytes() {
            return ofOwn + ofShared;
        }
    }

    long limit() {
        return limit;
    }

    /** Bytes in use, without those that the lanes have of their own. */
    long shared() {
        return shared.used();
    }

    /** Bytes that the lanes have of their own. */
    long own() {
        return own.used();
    }
}
