package org.webhookbroker.database.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One folder for all tests here: its binaries are unpacked once, by the first test of a fresh checkout, which takes 10 s. The
 * others take what starting, killing and starting again takes, with the real pauses between two starts.
 */
@Tag("slow")
final class EmbeddedMariaDbTest {
    private static final EmbeddedSettings SETTINGS =
            new EmbeddedSettings(Path.of("target", "embedded test"), 64 << 20, 32 << 20, 20);

    @AfterEach
    void leavesNothingRunning() {
        assertThat(StrayServers.find(SETTINGS.data())).isEmpty();
    }

    @Test
    void keepsItsDataAndIsDurable() throws SQLException {
        try (EmbeddedMariaDb server = EmbeddedMariaDb.start(SETTINGS)) {
            execute(server, "CREATE OR REPLACE TABLE kept (id INT PRIMARY KEY)");
            execute(server, "INSERT INTO kept VALUES (42)");
            assertThat(query(server, "SELECT @@innodb_flush_log_at_trx_commit")).isEqualTo("1");
            assertThat(query(server, "SELECT @@tx_isolation")).isEqualTo("READ-COMMITTED");
        }
        try (EmbeddedMariaDb server = EmbeddedMariaDb.start(SETTINGS)) {
            assertThat(query(server, "SELECT id FROM kept")).isEqualTo("42");
        }
    }

    @Test
    void refusesASecondBrokerOnTheSameFolder() {
        try (EmbeddedMariaDb server = EmbeddedMariaDb.start(SETTINGS)) {
            assertThatThrownBy(() -> EmbeddedMariaDb.start(SETTINGS))
                    .hasMessageContaining("database.embedded.dataFolder")
                    .hasMessageContaining("in use by another broker");
            assertThat(ProcessHandle.of(server.pid())).isPresent();
        }
    }

    @Test
    void isStartedAgainWhenItDies() {
        try (EmbeddedMariaDb server = EmbeddedMariaDb.start(SETTINGS)) {
            long first = server.pid();
            ProcessHandle.of(first).orElseThrow().destroyForcibly();
            await().ignoreExceptions().untilAsserted(() -> {
                assertThat(server.pid()).isNotEqualTo(first);
                assertThat(query(server, "SELECT 1")).isEqualTo("1");
            });
        }
    }

    /** G9: what keeps it from starting, such as a full disk, may take its time to pass. */
    @Test
    @Tag("G9")
    void isStartedAgainAlsoWhenThatFailsAtFirst() throws Exception {
        try (EmbeddedMariaDb server = EmbeddedMariaDb.start(SETTINGS)) {
            Path away = SETTINGS.folder().resolve("away");
            long before = failedStarts();
            Files.move(SETTINGS.data(), away);
            try {
                ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
                await().until(() -> failedStarts() >= before + 2);
            } finally {
                Files.move(away, SETTINGS.data());
            }
            await().ignoreExceptions().until(() -> query(server, "SELECT 1").equals("1"));
        }
    }

    @Test
    void closingEndsTheTriesToStartItAgain() throws Exception {
        Path away = SETTINGS.folder().resolve("away");
        EmbeddedMariaDb server = EmbeddedMariaDb.start(SETTINGS);
        long before = failedStarts();
        Files.move(SETTINGS.data(), away);
        try {
            ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
            await().until(() -> failedStarts() > before);
            server.close();
        } finally {
            Files.move(away, SETTINGS.data());
        }
        EmbeddedMariaDb.start(SETTINGS).close();
    }

    @Test
    void takesAnotherPortWhenSomebodyWasFaster() throws Exception {
        int free;
        try (ServerSocket closedAgain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = closedAgain.getLocalPort();
        }
        try (ServerSocket faster = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Iterator<Integer> ports = List.of(faster.getLocalPort(), free).iterator();
            try (EmbeddedMariaDb server = EmbeddedMariaDb.start(SETTINGS, ports::next)) {
                assertThat(server.jdbcUrl("x")).contains(":" + free + "/");
                assertThat(query(server, "SELECT 1")).isEqualTo("1");
            }
        }
    }

    private static long failedStarts() throws IOException {
        try (Stream<String> lines = Files.lines(SETTINGS.log(), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.contains("Can't change dir to")).count();
        }
    }

    /** For real: another JVM starts the server and is killed, so that nobody stops it. */
    @Test
    void takesOverFromABrokerThatWasKilled() throws Exception {
        Process broker = fork();
        await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(ready()) || !broker.isAlive());
        long stray = Long.parseLong(Files.readString(ready()));
        broker.destroyForcibly().waitFor();
        assertThat(ProcessHandle.of(stray)).as("outlives its broker").isPresent();
        try (EmbeddedMariaDb server = EmbeddedMariaDb.start(SETTINGS)) {
            assertThat(ProcessHandle.of(stray)).isEmpty();
            assertThat(query(server, "SELECT 1")).isEqualTo("1");
        }
    }

    private static Process fork() throws IOException {
        Files.deleteIfExists(ready());
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ToBeKilled.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(new File("target/embedded-killed.log"))
                .start();
    }

    private static Path ready() {
        return SETTINGS.folder().resolve("ready");
    }

    static final class ToBeKilled {
        private ToBeKilled() {}

        public static void main(String[] arguments) throws Exception {
            EmbeddedMariaDb server = EmbeddedMariaDb.start(SETTINGS);
            Path part = Files.writeString(SETTINGS.folder().resolve("ready.part"), Long.toString(server.pid()));
            Files.move(part, ready());
            Thread.currentThread().join();
        }
    }

    private static void execute(EmbeddedMariaDb server, String sql) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(EmbeddedMariaDb server, String sql) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    private static Connection connect(EmbeddedMariaDb server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(EmbeddedMariaDb.SCHEMA), server.user(), server.password());
    }
}
