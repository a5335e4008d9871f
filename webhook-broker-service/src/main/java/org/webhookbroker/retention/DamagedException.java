package org.webhookbroker.retention;

import java.io.IOException;

/** A line is no message of an archive. Those after it may be. */
final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param reason for operators; holds nothing of the line */
    DamagedException(String reason) {
        super(reason);
    }

    static void require(boolean wellFormed, String reason) throws DamagedException {
        if (!wellFormed) {
            throw new DamagedException(reason);
        }
    }
}
