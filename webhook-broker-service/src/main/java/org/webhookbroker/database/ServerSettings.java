package org.webhookbroker.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What no session can change ({@link SessionVariables} is for what one can): refused if the broker cannot work with it, otherwise warned about. */
final class ServerSettings {
    private static final Logger LOG = LoggerFactory.getLogger(ServerSettings.class);
    private static final int LOCK_WAIT_TIMEOUT = 1205;
    /** Below it not even what the broker writes of its own fits into a packet. */
    private static final long SMALLEST_PACKET = 1 << 20;

    private ServerSettings() {}

    static void check(Connection connection) throws SQLException {
        if (isOn(connection, "log_bin") && value(connection, "binlog_format").equals("STATEMENT")) {
            throw new StartRefusedException(
                    "The server has binlog_format=STATEMENT, with which it refuses every write of a"
                            + " transaction that is READ COMMITTED, as the broker's are. Set it to MIXED or ROW");
        }
        if (!value(connection, "innodb_flush_log_at_trx_commit").equals("1")) {
            LOG.warn(
                    "The server has innodb_flush_log_at_trx_commit={}: messages that were acknowledged can be lost when its"
                            + " machine fails. Set it to 1",
                    value(connection, "innodb_flush_log_at_trx_commit"));
        }
        requireWritable(connection);
    }

    static long maxAllowedPacket(Connection connection) throws SQLException {
        long packet = Long.parseLong(value(connection, "max_allowed_packet"));
        if (packet < SMALLEST_PACKET) {
            throw new StartRefusedException(
                    "The server has max_allowed_packet=" + packet + ", which is too small. Set it to 64M");
        }
        return packet;
    }

    /** A byte of a payload that is sent in a text may take two. */
    static void warnOfPackets(long maxAllowedPacket, long largestPayload) {
        if (maxAllowedPacket < 2 * largestPayload + SMALLEST_PACKET) {
            LOG.warn(
                    "The server has max_allowed_packet={}, and intake.maxPayload is {}: messages above {} bytes may be"
                            + " refused with 400. Set max_allowed_packet to 64M and restart the broker, or lower intake.maxPayload",
                    maxAllowedPacket,
                    largestPayload,
                    (maxAllowedPacket - SMALLEST_PACKET / 2) / 2);
        }
    }

    /** Changes nothing, and fails as a real write would: the server is a replica, or the user may only read. */
    private static void requireWritable(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    "SET STATEMENT innodb_lock_wait_timeout = 1 FOR UPDATE registry_version SET version = version");
        } catch (SQLException failure) {
            if (failure.getErrorCode() != LOCK_WAIT_TIMEOUT) {
                throw new StartRefusedException(
                        "The broker may not write to its database (" + failure.getMessage()
                                + "). Is it a replica, or does database.user lack the right?",
                        failure);
            }
        }
    }

    private static boolean isOn(Connection connection, String variable) throws SQLException {
        return value(connection, variable).equals("1");
    }

    private static String value(Connection connection, String variable) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT @@global." + variable)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }
}
