package org.webhookbroker.pull;

import java.util.HashMap;
import java.util.Map;
import org.webhookbroker.database.Xid;

/**
 * Memory for the jobs of answers, from before they are read until they are written (G8). Of what the others
 * leave, a consumer may take one job, and beyond it half. An eighth of all is kept for jobs up to 64 KiB. So consumers that do not
 * read their answers hold up no small jobs of another (G6); a large one may have to wait until an answer is written or given up.
 * Thread-safe.
 */
final class AnswerMemory {
    /** A payload exists as bytes and, decoded, as text of up to two bytes a character. */
    private static final int COPIES = 3;

    private static final long SMALL = COPIES * (64L << 10);
    private static final int KEPT_SHARE = 8;

    private final long largestAnswer;
    private final long limit;
    /** Bytes taken by each consumer that has some. */
    private final Map<Xid, Long> taken = new HashMap<>();

    private long takenByAll;

    /**
     * @param largestAnswer bytes of the jobs of one answer; a single job may be larger
     * @param limit bytes in memory for all answers together
     */
    AnswerMemory(long largestAnswer, long limit) {
        this.largestAnswer = largestAnswer;
        this.limit = limit;
    }

    Share share(Xid consumer) {
        return new Share(consumer);
    }

    private synchronized boolean tryTake(Xid consumer, long bytes) {
        long own = taken.getOrDefault(consumer, 0L);
        long leftByOthers = limit - (takenByAll - own);
        long most = own == 0 ? leftByOthers : leftByOthers / 2;
        if (own + bytes > most || (bytes > SMALL && takenByAll + bytes > limit - limit / KEPT_SHARE)) {
            return false;
        }
        taken.put(consumer, own + bytes);
        takenByAll += bytes;
        return true;
    }

    private synchronized void giveBack(Xid consumer, long bytes) {
        takenByAll -= bytes;
        taken.computeIfPresent(consumer, (same, own) -> own == bytes ? null : own - bytes);
    }

    /** What one answer takes. Not thread-safe. */
    final class Share implements AutoCloseable {
        private final Xid consumer;
        private long answer;
        private boolean refused;

        private Share(Xid consumer) {
            this.consumer = consumer;
        }

        /** False when this job must be left to the next answer. */
        boolean add(int size) {
            if (answer > 0 && answer + size > largestAnswer) {
                return false;
            }
            if (!tryTake(consumer, (long) COPIES * size)) {
                refused = true;
                return false;
            }
            answer += size;
            return true;
        }

        /** There was a job, but no memory for even one. */
        boolean isRefused() {
            return refused && answer == 0;
        }

        /** Begins anew, and gives back what was taken. */
        @Override
        public void close() {
            giveBack(consumer, COPIES * answer);
            answer = 0;
            refused = false;
        }
    }
}
