package org.webhookbroker.testing;

import io.dropwizard.db.DataSourceFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.TestPools;

/**
 * A real MariaDB: one server for the whole run, a migrated schema of its own for each test class, empty tables for each
 * test. Use it as {@code @RegisterExtension static final MariaDbExtension mariaDb = new MariaDbExtension();}
 */
public final class MariaDbExtension implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
    private final boolean emptiedForEachTest;
    private @Nullable TestServer server;
    private @Nullable TestSchema schema;
    private @Nullable TestPool pool;

    public MariaDbExtension() {
        this(true);
    }

    private MariaDbExtension(boolean emptiedForEachTest) {
        this.emptiedForEachTest = emptiedForEachTest;
    }

    /** Tables that are empty when the class begins, for tests that share a broker. */
    public static MariaDbExtension oncePerClass() {
        return new MariaDbExtension(false);
    }

    /** A pool as the broker has it in production, with small numbers. Opened by the first use. */
    public Database database() {
        return pool().database();
    }

    /** Of connections beside the pool, where each statement is its own transaction. */
    public Jdbi jdbi() {
        Jdbi jdbi = Jdbi.create(this::connect);
        new Database(jdbi);
        return jdbi;
    }

    /** One statement or one value at a time. */
    public Sql sql() {
        return new Sql(database());
    }

    /** With the two below, the way in for whatever has a pool or a process of its own, such as the packaged broker. */
    public String jdbcUrl() {
        return server().jdbcUrl(schema().name());
    }

    public String user() {
        return server().user();
    }

    public String password() {
        return server().password();
    }

    /** The configuration block of a pool on this schema. */
    public DataSourceFactory pooledBy(int size) {
        return TestPools.of(jdbcUrl(), user(), password(), size);
    }

    /** A connection beside the pool, to hold locks or to look on. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), user(), password());
    }

    /** {@code kill -9}: all connections break, and within seconds the server is back on the same port by itself. */
    public void kill() {
        server().kill();
    }

    /** The server ends in order and takes no connection until the returned outage is closed; it is back within seconds then. */
    public Outage stop() {
        return server().stop();
    }

    /** The server stops answering (but keeps its connections) until the returned outage is closed. */
    public Outage hang() {
        return server().hang();
    }

    /**
     * Whatever is to be written fails as it does for want of space, until the returned outage is closed. A trigger says so, since a file
     * system that is full needs privileges; what MariaDB does to itself then is not shown.
     *
     * @param event {@code INSERT} or {@code UPDATE}
     */
    public Outage fill(String event, List<String> tables) {
        String schemaName = schema().name();
        List<String> triggers = tables.stream()
                .map(table -> schemaName + ".full_" + event + "_" + table)
                .toList();
        execute(IntStream.range(0, tables.size())
                .mapToObj(i -> """
                CREATE TRIGGER %s BEFORE %s ON %s FOR EACH ROW
                SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table is full'
                """.formatted(triggers.get(i), event, schemaName + "." + tables.get(i))));
        return () -> execute(triggers.stream().map(trigger -> "DROP TRIGGER IF EXISTS " + trigger));
    }

    private void execute(Stream<String> statements) {
        jdbi().useHandle(handle -> statements.forEach(handle::execute));
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        TestServer running = TestServer.of(context);
        server = running;
        schema = running.createSchema();
    }

    /** Before, not after: what a failed test left can still be looked at while debugging. */
    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        if (emptiedForEachTest) {
            try (Connection connection = connect()) {
                schema().empty(connection);
            }
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (pool != null) {
            pool.close();
            // A run inside a run (ContractWithKeysTest) uses this field with another server.
            pool = null;
        }
        if (schema != null) {
            server().drop(schema);
        }
    }

    private synchronized TestPool pool() {
        TestPool open = pool;
        if (open == null) {
            open = TestPool.open(pooledBy(8));
            pool = open;
        }
        return open;
    }

    private TestServer server() {
        return required(server);
    }

    private TestSchema schema() {
        return required(schema);
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("The extension must be a static field with @RegisterExtension");
        }
        return value;
    }
}
