package org.webhookbroker.seed;

import java.util.Arrays;
import java.util.Base64;

/**
 * Whether the seed data were applied, and which.
 *
 * @param salt of the fingerprint; random for each database
 * @param fingerprint of the data that were applied last
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record AppState(int status, byte[] salt, byte[] fingerprint) {
    static final int NOT_INITIALIZED = 1;
    static final int INITIALIZING = 2;
    static final int INITIALIZED = 3;

    static final AppState NONE = new AppState(NOT_INITIALIZED, new byte[0], new byte[0]);

    /** Opaque to clients; differs when the data do. */
    public String dataHash() {
        return Base64.getEncoder().encodeToString(fingerprint);
    }

    boolean has(byte[] applied) {
        return status == INITIALIZED && Arrays.equals(fingerprint, applied);
    }
}
