package org.webhookbroker.retention;

import java.time.Duration;

/**
 * What pruning is held to.
 *
 * @param nodeName part of the names of archive files
 * @param age older messages are pruned
 */
record RetentionSettings(boolean enabled, String nodeName, Duration age, ArchivePlaces places, Files files, Pace pace) {
    /** @param fullAt a file of so many bytes is closed and another one begun */
    record Files(long fullAt, boolean gzip, Redaction redaction) {}

    /**
     * How much it asks of the database.
     *
     * @param batchSize messages that one transaction deletes at most
     * @param pause the shortest rest after each of these
     */
    record Pace(int batchSize, Duration pause) {}
}
