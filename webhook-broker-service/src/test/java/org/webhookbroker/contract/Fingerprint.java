package org.webhookbroker.contract;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Checksums of all rows of all tables, but those that time alone changes; and the server's count of rows written, which tells
 * much cheaper that there is nothing to compare.
 */
final class Fingerprint {
    /** A node writes here that it is alive. */
    private static final List<String> BY_TIME = List.of("incarnation");

    private final Connection connection;
    private final String tables;
    private long written;

    Fingerprint(Connection connection) throws SQLException {
        this.connection = connection;
        List<String> names = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET GLOBAL userstat = 1");
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW TABLES")) {
            while (rows.next()) {
                if (!BY_TIME.contains(rows.getString(1))) {
                    names.add(rows.getString(1));
                }
            }
        }
        tables = String.join(", ", names);
    }

    /** Whether anything was written since this was asked last, even if it was undone. */
    boolean touched() throws SQLException {
        long before = written;
        try (Statement statement = connection.createStatement();
                ResultSet sum = statement.executeQuery("""
                        SELECT COALESCE(SUM(rows_changed), 0) FROM information_schema.table_statistics
                        WHERE table_schema = DATABASE() AND table_name <> 'incarnation'
                        """)) {
            sum.next();
            written = sum.getLong(1);
        }
        return written != before;
    }

    Map<String, Long> take() throws SQLException {
        Map<String, Long> checksums = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("CHECKSUM TABLE " + tables + " EXTENDED")) {
            while (rows.next()) {
                checksums.put(rows.getString(1), rows.getLong(2));
            }
        }
        return checksums;
    }

    /** Once what earlier requests began has come to rest: deliveries by their end, counters once they are folded, leases of pull consumers by lasting long. */
    Map<String, Long> takeAtRest() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    UPDATE job SET due_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY
                    WHERE (holder = 2147483647 OR retry = 2) AND due_at < UTC_TIMESTAMP(6) + INTERVAL 1 HOUR
                    """);
        }
        for (long end = System.nanoTime() + 20_000_000_000L; System.nanoTime() < end; ) {
            Map<String, Long> before = take();
            if (liveJobsOfPushConsumers() + filledSlots() == 0 && !touched() && before.equals(take())) {
                return before;
            }
        }
        throw new AssertionError(
                liveJobsOfPushConsumers() + " jobs and " + filledSlots() + " slots did not come to rest");
    }

    private long liveJobsOfPushConsumers() throws SQLException {
        return longOf(
                "SELECT COUNT(*) FROM job JOIN consumer ON consumer.id = job.consumer_id WHERE consumer.type = 1");
    }

    /** What earlier requests left to be added to the counters. */
    private long filledSlots() throws SQLException {
        return longOf("SELECT COUNT(*) FROM tally_slot WHERE changes <> ''");
    }

    private long longOf(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery(query)) {
            count.next();
            return count.getLong(1);
        }
    }
}
