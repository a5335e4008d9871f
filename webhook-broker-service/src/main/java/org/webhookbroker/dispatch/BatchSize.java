package org.webhookbroker.dispatch;

/**
 * How many jobs a lane asks the database for: as many as it has places for, while memory has room for them too. When a look finds a
 * job that memory has no room for, the lane waits until half of what it holds is gone, and then asks for few. Otherwise each look
 * would lock hundreds of rows to take one, many times a second. Not thread-safe: its lane guards it.
 */
final class BatchSize {
    static final int LEAST = 8;

    private int most = Integer.MAX_VALUE;
    private long shrinkTo = Long.MAX_VALUE;

    /**
     * @param places free in the lane
     * @param bytes that the lane holds
     */
    int of(int places, long bytes) {
        return mustShrink(bytes) ? 0 : Math.min(places, most);
    }

    /** Whether the lane holds so much that it takes no more. */
    boolean mustShrink(long bytes) {
        return bytes > shrinkTo;
    }

    /** A look found a job for which memory had no room beside what the lane holds. */
    void refused(long bytes) {
        shrinkTo = bytes / 2;
    }

    /** A look has ended in which memory had no room for one more. */
    void lookedInVain(int taken) {
        most = Math.max(LEAST, 2 * taken);
    }

    /** A look has ended in which all found room. */
    void looked() {
        most = (int) Math.min(Integer.MAX_VALUE, 2L * most);
        shrinkTo = Long.MAX_VALUE;
    }
}
