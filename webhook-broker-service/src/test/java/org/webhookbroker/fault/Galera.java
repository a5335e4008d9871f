package org.webhookbroker.fault;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.webhookbroker.database.Migrations;

/** Three nodes of MariaDB Galera on loopback, with the broker's schema. */
final class Galera implements AutoCloseable {
    static final String USER = "broker";

    private static final int NODES = 3;
    private static final int PORTS = 4;
    private static final String SCHEMA = "webhook_broker";

    private final List<GaleraNode> nodes = new ArrayList<>();

    private Galera(Path folder, String provider) throws IOException {
        List<Integer> free = freePorts();
        String group = IntStream.range(0, NODES)
                .mapToObj(i -> "127.0.0.1:" + free.get(i * PORTS + 1))
                .collect(Collectors.joining(","));
        for (int i = 0; i < NODES; i++) {
            List<Integer> own = free.subList(i * PORTS, (i + 1) * PORTS);
            nodes.add(new GaleraNode(
                    folder.resolve("node-" + (i + 1)),
                    new GaleraNode.Ports(own.get(0), own.get(1), own.get(2), own.get(3)),
                    provider,
                    group));
        }
    }

    /** @param provider Galera's library */
    static Galera start(Path folder, String provider) throws Exception {
        Galera galera = new Galera(folder, provider);
        try {
            galera.nodes.get(0).found();
            for (GaleraNode node : galera.nodes.subList(1, NODES)) {
                node.join();
            }
            galera.createSchema();
            return galera;
        } catch (Exception | Error failure) {
            galera.close();
            throw failure;
        }
    }

    private void createSchema() throws SQLException {
        try (Connection connection = nodes.get(0).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + SCHEMA);
            statement.execute("CREATE USER " + USER + "@'127.0.0.1'");
            statement.execute("GRANT ALL ON " + SCHEMA + ".* TO " + USER + "@'127.0.0.1'");
        }
        try (Connection connection = DriverManager.getConnection(jdbcUrl(), USER, "")) {
            Migrations.run(connection);
        }
    }

    /** As production has it: the driver goes to the first node that answers. */
    String jdbcUrl() {
        return nodes.stream()
                .map(node -> "127.0.0.1:" + node.port())
                .collect(Collectors.joining(",", "jdbc:mariadb:sequential://", "/" + SCHEMA));
    }

    GaleraNode node(int node) {
        return nodes.get(node);
    }

    /** How many connections of the broker each node has. */
    List<Integer> connections() throws SQLException {
        List<Integer> counts = new ArrayList<>();
        for (GaleraNode node : nodes) {
            counts.add(
                    node.isUp()
                            ? Integer.valueOf(node.ask(
                                    "SELECT COUNT(*) FROM information_schema.processlist WHERE user = '" + USER + "'",
                                    1))
                            : 0);
        }
        return counts;
    }

    /** The node that most connections of the broker are with. */
    int writer() throws SQLException {
        List<Integer> counts = connections();
        return counts.indexOf(counts.stream().max(Integer::compare).orElseThrow());
    }

    /** How many rows of a table each node has: equally many once it has joined. */
    List<String> counts(String table) throws SQLException {
        List<String> counts = new ArrayList<>();
        for (GaleraNode node : nodes) {
            counts.add(node.ask("SELECT COUNT(*) FROM " + SCHEMA + "." + table, 1));
        }
        return counts;
    }

    /** Takes all ports at once: the system could name one twice otherwise. */
    private static List<Integer> freePorts() throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < NODES * PORTS; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket each : held) {
                each.close();
            }
        }
    }

    @Override
    public void close() {
        nodes.forEach(GaleraNode::close);
    }
}
