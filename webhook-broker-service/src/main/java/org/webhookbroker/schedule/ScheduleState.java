package org.webhookbroker.schedule;

import java.util.Arrays;
import java.util.Optional;

/** What became of a scheduled message. The codes are on the wire and in the table. */
public enum ScheduleState {
    SCHEDULED(101),
    DISPATCHED(102),
    CANCELLED(103);

    private final int code;

    ScheduleState(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    public static Optional<ScheduleState> of(int code) {
        return Arrays.stream(values()).filter(state -> state.code == code).findFirst();
    }

    static ScheduleState stored(int code) {
        return of(code).orElseThrow(() -> new IllegalStateException("Not a state of a scheduled message: " + code));
    }
}
