package org.webhookbroker.job;

/** In which queue of its consumer a job waits, as the column {@code retry} says by number. */
public enum Turn {
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

    Turn(int column) {
        this.column = column;
    }

    int column() {
        return column;
    }

    static Turn of(int column) {
        return values()[column];
    }

    /** How many seconds before {@code due_at} a job may be taken. */
    long ahead() {
        return this == LAST_CALL ? EVER : 0;
    }
}
