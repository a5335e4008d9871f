package org.webhookbroker.database.embedded;

import java.nio.file.Path;

/**
 * What the embedded server is started with.
 *
 * @param folder everything of it: data, unpacked binaries, log, lock
 * @param bufferPoolBytes memory for pages of tables and indexes
 * @param redoLogBytes how much may be written between two checkpoints; too small makes a full broker stutter
 * @param maxConnections above the sum of the pools, so that an operator still gets in
 */
public record EmbeddedSettings(Path folder, long bufferPoolBytes, long redoLogBytes, int maxConnections) {
    public EmbeddedSettings {
        folder = folder.toAbsolutePath().normalize();
    }

    Path data() {
        return folder.resolve("data");
    }

    Path log() {
        return folder.resolve("mariadbd.log");
    }
}
