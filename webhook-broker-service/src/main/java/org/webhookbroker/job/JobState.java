package org.webhookbroker.job;

/** Numbers and names are those of contract 5.2. */
public enum JobState {
    QUEUED(1001),
    INFLIGHT(1002),
    DELIVERED(1003),
    DEAD(1004);

    private final int code;

    JobState(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    static JobState of(int code) {
        return values()[code - QUEUED.code];
    }
}
