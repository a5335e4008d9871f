package org.webhookbroker.job;

/**
 * A consumer's queued jobs wait in three lines, so that those of one kind never stand before those of another. The column
 * {@code retry} has the line as a number.
 */
public enum WaitingLine {
    FIRST(0),
    RETRY(1),
    /**
     * A pull job that timed out for the last time. It may still be taken, as long as it is not dead; {@code due_at} is when
     * it dies.
     */
    LAST_CALL(2);

    /** Longer than any delay that can be configured. */
    private static final long EVER = 4_000_000_000L;

    private final int column;

    WaitingLine(int column) {
        this.column = column;
    }

    public int column() {
        return column;
    }

    public static WaitingLine of(int column) {
        return values()[column];
    }

    /** Where a job of an incarnation waits that is queued again. */
    public static WaitingLine after(Settlement settlement) {
        return settlement instanceof Settlement.Retry || settlement.job().attempts() > 0 ? RETRY : FIRST;
    }

    /** How many seconds before {@code due_at} a job may be taken. */
    public long ahead() {
        return this == LAST_CALL ? EVER : 0;
    }
}
