package org.webhookbroker.quota;

/** A token bucket. It never lets more pass than its size and what has flowed in since it was full. Not thread-safe. */
final class Bucket {
    /** Tokens: more than the sums of fractions are wrong by, so that a delay that was announced is never a moment too short. */
    private static final double ROUNDING = 1e-6;

    private final double perNano;
    private final double size;
    private double level;
    private long at;

    /**
     * Full.
     *
     * @param perSecond 0 for a bucket without a bottom
     * @param now by a monotonic clock, here and below
     */
    Bucket(double perSecond, double size, long now) {
        this.perNano = perSecond / 1e9;
        this.size = size;
        this.level = size;
        this.at = now;
    }

    double size() {
        return size;
    }

    /** Nanoseconds until it has as many tokens, if nobody takes any before. */
    long delay(double tokens, long now) {
        fill(now);
        return perNano == 0 || level + ROUNDING >= tokens ? 0 : (long) Math.ceil((tokens - level) / perNano);
    }

    void take(double tokens) {
        level = Math.max(0, level - tokens);
    }

    boolean isFull(long now) {
        fill(now);
        return perNano == 0 || level >= size;
    }

    private void fill(long now) {
        level = Math.min(size, level + (now - at) * perNano);
        at = now;
    }
}
