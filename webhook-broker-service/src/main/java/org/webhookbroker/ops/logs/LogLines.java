package org.webhookbroker.ops.logs;

/** So many at once, and more with time. */
final class LogLines {
    private static final double NANOS_A_MINUTE = 60e9;

    private final int most;
    private final double nanosALine;
    private double left;
    private long filledAt;

    LogLines(int most, int aMinute, long now) {
        this.most = most;
        this.nanosALine = NANOS_A_MINUTE / aMinute;
        this.left = most;
        this.filledAt = now;
    }

    private void fill(long now) {
        left = Math.min(most, left + (now - filledAt) / nanosALine);
        filledAt = now;
    }

    boolean isFull(long now) {
        fill(now);
        return left >= most;
    }

    /**
     * What is larger than all there can be passes when nothing was taken.
     *
     * @param spare lines that must be left besides
     */
    boolean take(int wanted, int spare, long now) {
        fill(now);
        if (left < Math.min(wanted, most - spare) + spare) {
            return false;
        }
        left -= wanted;
        return true;
    }
}
