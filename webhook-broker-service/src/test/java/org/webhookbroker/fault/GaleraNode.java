package org.webhookbroker.fault;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One node of the cluster: a process of the machine's MariaDB with a folder and ports of its own. */
final class GaleraNode implements AutoCloseable {
    /**
     * @param state where it receives all of another node's state
     * @param news where it receives only what is new
     */
    record Ports(int sql, int group, int state, int news) {}

    private static final Duration LONGEST_JOIN = Duration.ofMinutes(3);
    private static final Pattern POSITION = Pattern.compile("Recovered position: (\\S+)");

    private final Path folder;
    private final Ports ports;
    private @Nullable Process process;

    /** @param group where all nodes talk to each other, as a list of {@code host:port} */
    GaleraNode(Path folder, Ports ports, String provider, String group) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.ports = ports;
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(configuration(), """
                [mysqld]
                user=%1$s
                datadir=%2$s/data
                tmpdir=%2$s
                socket=%2$s/socket
                bind-address=127.0.0.1
                port=%3$d
                skip-name-resolve
                max-connections=300
                max-allowed-packet=64M
                binlog-format=ROW
                innodb-autoinc-lock-mode=2
                innodb-flush-log-at-trx-commit=1
                wsrep-on=ON
                wsrep-provider=%4$s
                wsrep-cluster-name=test
                wsrep-cluster-address=gcomm://%5$s
                wsrep-node-name=%6$s
                wsrep-node-address=127.0.0.1:%7$d
                wsrep-sst-method=mariabackup
                wsrep-sst-auth=root:
                wsrep-sst-receive-address=127.0.0.1:%8$d
                wsrep-sync-wait=7
                wsrep-provider-options=base_host=127.0.0.1;base_port=%7$d;gmcast.listen_addr=tcp://127.0.0.1:%7$d;ist.recv_addr=127.0.0.1:%9$d
                [sst]
                sst-syslog=-1
                progress=none
                sst-log-archive=0
                """.formatted(
                        System.getProperty("user.name"),
                        folder,
                        ports.sql(),
                        provider,
                        group,
                        folder.getFileName(),
                        ports.group(),
                        ports.state(),
                        ports.news()));
    }

    int port() {
        return ports.sql();
    }

    boolean isUp() {
        return process != null && process.isAlive();
    }

    /** The first of a new cluster; the others get all they have from it. */
    void found() throws IOException, InterruptedException {
        run(
                "mariadb-install-db",
                "--no-defaults",
                "--skip-name-resolve",
                "--skip-test-db",
                "--auth-root-authentication-method=normal",
                "--user=" + System.getProperty("user.name"),
                "--datadir=" + folder.resolve("data"));
        serve("--wsrep-new-cluster");
    }

    void join() throws IOException {
        serve();
    }

    /** Joins as the unit of Debian's package does: from the position that its own log tells, so that it needs only what is new. */
    void rejoin() throws IOException, InterruptedException {
        run("mariadbd", "--defaults-file=" + configuration(), "--wsrep-recover");
        Matcher position = POSITION.matcher(Files.readString(log()));
        if (!position.find()) {
            throw new IllegalStateException("No position in " + log());
        }
        serve("--wsrep-start-position=" + position.group(1));
    }

    /** Whether the last join copied all of another node, instead of what was new. */
    boolean copiedAll() throws IOException {
        return !Files.readString(log()).contains("Running IST");
    }

    void kill() {
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    /** A connection of the administrator to this node and no other. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + ports.sql() + "/", "root", "");
    }

    String ask(String query, int column) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(column);
        }
    }

    private void serve(String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("mariadbd", "--defaults-file=" + configuration()));
        command.addAll(List.of(more));
        Process started = builder(command).start();
        process = started;
        await().atMost(LONGEST_JOIN)
                .failFast("MariaDB has ended, see " + log(), () -> !started.isAlive())
                .ignoreExceptions()
                .until(() ->
                        ask("SHOW STATUS LIKE 'wsrep_local_state_comment'", 2).equals("Synced"));
    }

    private void run(String... command) throws IOException, InterruptedException {
        if (builder(List.of(command)).start().waitFor() != 0) {
            throw new IllegalStateException(command[0] + " failed: " + Files.readString(log()));
        }
    }

    private ProcessBuilder builder(List<String> command) {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log().toFile());
    }

    private Path configuration() {
        return folder.resolve("my.cnf");
    }

    private Path log() {
        return folder.resolve("log");
    }

    @Override
    public void close() {
        kill();
    }
}
