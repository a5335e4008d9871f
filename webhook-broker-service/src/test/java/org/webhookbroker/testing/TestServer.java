package org.webhookbroker.testing;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.webhookbroker.database.Migrations;
import org.webhookbroker.database.StartRefusedException;
import org.webhookbroker.database.embedded.EmbeddedMariaDb;
import org.webhookbroker.database.embedded.EmbeddedSettings;

/** The broker's own embedded server, once a JVM. Its folder is kept, so that only the first run unpacks it. */
final class TestServer implements AutoCloseable {
    private static final String TEMPLATE = "test_template";

    private static final Duration BOOT_LIMIT = Duration.ofMinutes(1);
    private static final Duration SOON = Duration.ofMillis(1);

    private final EmbeddedMariaDb mariaDb;
    /** For a run that is broken off; normally JUnit closes this when the last class is done. */
    private final Thread atExit;

    private final AtomicInteger schemas = new AtomicInteger();

    private TestServer(EmbeddedMariaDb mariaDb) {
        this.mariaDb = mariaDb;
        this.atExit = new Thread(mariaDb::close, "stop-test-mariadb");
    }

    static TestServer of(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(TestServer.class, type -> start(), TestServer.class);
    }

    private static TestServer start() {
        TestServer server = new TestServer(firstFreeFolder());
        Runtime.getRuntime().addShutdownHook(server.atExit);
        try (Connection connection = server.connect("")) {
            server.dropLeftovers(connection);
            TestSchema.create(connection, TEMPLATE);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        try (Connection connection = server.connect(TEMPLATE)) {
            Migrations.run(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return server;
    }

    /** Two builds of one checkout may run side by side. */
    private static EmbeddedMariaDb firstFreeFolder() {
        for (int i = 0; ; i++) {
            Path folder = Path.of("target", "test-mariadb-" + i);
            try {
                return EmbeddedMariaDb.start(new EmbeddedSettings(folder, 128 << 20, 96 << 20, 300));
            } catch (StartRefusedException e) {
                if (i == 7 || !String.valueOf(e.getMessage()).contains("in use")) {
                    throw e;
                }
            }
        }
    }

    String jdbcUrl(String schema) {
        return mariaDb.jdbcUrl(schema);
    }

    String user() {
        return mariaDb.user();
    }

    String password() {
        return mariaDb.password();
    }

    TestSchema createSchema() throws SQLException {
        try (Connection connection = connect("")) {
            return TestSchema.clone(connection, TEMPLATE, "test_" + schemas.incrementAndGet());
        }
    }

    /** Fails rather than waits for a transaction that a test has left open. */
    void drop(TestSchema schema) throws SQLException {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            statement.execute("SET lock_wait_timeout = 30");
            statement.execute("DROP DATABASE " + schema.name());
        }
    }

    void kill() {
        ProcessHandle server = ProcessHandle.of(mariaDb.pid()).orElseThrow();
        server.destroyForcibly();
        server.onExit().join();
    }

    /** In order. What its supervisor starts in its place is held before it can listen, so that connections are refused. */
    Outage stop() {
        ProcessHandle server = ProcessHandle.of(mariaDb.pid()).orElseThrow();
        String data = dataArgument(server);
        server.destroy();
        server.onExit().join();
        ProcessHandle next = await().atMost(BOOT_LIMIT)
                .pollInterval(SOON)
                .until(() -> childOn(data), Optional::isPresent)
                .orElseThrow();
        Signals.send(next.pid(), "STOP");
        return () -> Signals.send(next.pid(), "CONT");
    }

    private static Optional<ProcessHandle> childOn(String data) {
        return ProcessHandle.current()
                .children()
                .filter(child -> dataArgument(child).equals(data))
                .findFirst();
    }

    private static String dataArgument(ProcessHandle server) {
        return Stream.of(server.info().arguments().orElse(new String[0]))
                .filter(each -> each.startsWith("--datadir="))
                .findFirst()
                .orElse("");
    }

    Outage hang() {
        Signals.send(mariaDb.pid(), "STOP");
        return () -> Signals.send(mariaDb.pid(), "CONT");
    }

    private Connection connect(String schema) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(schema), user(), password());
    }

    private void dropLeftovers(Connection connection) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SHOW DATABASES LIKE 'test\\_%'")) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
            for (String name : names) {
                statement.execute("DROP DATABASE " + name);
            }
        }
    }

    @Override
    public void close() {
        mariaDb.close();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException exitingAlready) {
            // Then the hook closes it a second time, which does nothing.
        }
    }
}
