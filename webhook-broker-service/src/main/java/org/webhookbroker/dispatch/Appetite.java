package org.webhookbroker.dispatch;

/**
 * How many jobs a lane asks the database for: all that it has places for, while memory has room for them too. A look that found
 * jobs larger than what memory has left is followed by small ones, and by none before half of what the lane held is
 * gone: else each would lock hundreds of rows to take one, many times a second. Not thread-safe: its lane guards it.
 */
final class Appetite {
    static final int LEAST = 8;

    private int jobs = Integer.MAX_VALUE;
    private long digestTo = Long.MAX_VALUE;
    private int taken;
    private boolean refused;

    /**
     * @param places free in the lane
     * @param bytes that the lane holds
     */
    int of(int places, long bytes) {
        return isDigesting(bytes) ? 0 : Math.min(places, jobs);
    }

    boolean isDigesting(long bytes) {
        return bytes > digestTo;
    }

    void beginLook() {
        taken = 0;
        refused = false;
    }

    void took() {
        taken++;
    }

    /** There was a job and no room for it. */
    void refused(long bytes) {
        refused = true;
        digestTo = bytes / 2;
    }

    void looked() {
        if (refused) {
            jobs = Math.max(LEAST, 2 * taken);
        } else {
            jobs = (int) Math.min(Integer.MAX_VALUE, 2L * jobs);
            digestTo = Long.MAX_VALUE;
        }
    }
}
