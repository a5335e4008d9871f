package org.webhookbroker.pull;

import org.webhookbroker.background.ByteBudget;

/** Memory for the jobs of answers, from before they are read until they are written (G8). Thread-safe. */
final class AnswerMemory {
    /** A payload exists as bytes and, decoded, as text of up to two bytes a character. */
    private static final int COPIES = 3;

    private final long largestAnswer;
    private final ByteBudget budget;

    /**
     * @param largestAnswer bytes of the jobs of one answer; a single job may be larger
     * @param limit bytes in memory for all answers together
     */
    AnswerMemory(long largestAnswer, long limit) {
        this.largestAnswer = largestAnswer;
        this.budget = ByteBudget.of(limit);
    }

    Share share() {
        return new Share();
    }

    /** What one answer takes. Not thread-safe. */
    final class Share implements AutoCloseable {
        private long answer;
        private boolean refused;

        /** False when this job must be left to the next answer. */
        boolean add(int size) {
            if (answer > 0 && answer + size > largestAnswer) {
                return false;
            }
            if (!budget.tryReserve((long) COPIES * size)) {
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
            budget.release(COPIES * answer);
            answer = 0;
            refused = false;
        }
    }
}
