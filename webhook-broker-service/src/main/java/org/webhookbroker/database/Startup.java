package org.webhookbroker.database;

import io.dropwizard.db.DataSourceFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must hold of the database before the broker runs on it. */
final class Startup {
    private static final Logger LOG = LoggerFactory.getLogger(Startup.class);

    private Startup() {}

    /** Also tells the driver what the server accepts: otherwise it would send more, and lose its connection. */
    static void check(DataSourceFactory pool, boolean embedded) {
        try (Connection connection = connect(pool)) {
            version(connection).requireSupported();
            if (embedded) {
                migrate(connection);
            } else {
                requireMigrated(connection);
            }
            ServerSettings.check(connection);
            pool.getProperties().put("maxAllowedPacket", Long.toString(ServerSettings.maxAllowedPacket(connection)));
        } catch (SQLException e) {
            throw new StartRefusedException(
                    "database.url: cannot connect to " + withoutQuery(pool, pool.getUrl()) + " as user '"
                            + pool.getUser() + "': "
                            + withoutQuery(pool, e.getMessage())
                            + ". Check that the server runs and that database.user and"
                            + " database.password are right",
                    e);
        }
    }

    /** The folder's lock makes this the only process on the server, so a lock found in it is left from a kill. */
    private static void migrate(Connection connection) {
        List<String> pending = Migrations.pending(connection);
        if (!pending.isEmpty()) {
            LOG.info("Migrating the embedded database: {} changesets", pending.size());
            Migrations.releaseLock(connection);
            Migrations.run(connection);
        }
    }

    static void requireMigrated(Connection connection) {
        List<String> pending = Migrations.pending(connection);
        if (!pending.isEmpty()) {
            throw new StartRefusedException(
                    "The database lacks " + pending.size() + " migrations (" + pending.get(0)
                            + " is the first). Back it up, then run: java -jar webhook-broker-service.jar db migrate config.yml");
        }
    }

    /** The query of a URL may hold a password, and drivers like to repeat it. */
    private static String withoutQuery(DataSourceFactory pool, @Nullable String text) {
        String url = pool.getUrl();
        int query = url.indexOf('?');
        String shown = String.valueOf(text);
        return query < 0 ? shown : shown.replace(url.substring(query + 1), "...");
    }

    private static ServerVersion version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT VERSION()")) {
            row.next();
            return ServerVersion.parse(row.getString(1));
        }
    }

    /** Not from the pool, whose time limit on statements is too short for building an index. */
    private static Connection connect(DataSourceFactory pool) throws SQLException {
        Map<String, String> settings = new HashMap<>(pool.getProperties());
        DatabaseFactory.forMigrations(settings);
        Properties properties = new Properties();
        properties.putAll(settings);
        properties.put("user", String.valueOf(pool.getUser()));
        properties.put("password", String.valueOf(pool.getPassword()));
        return DriverManager.getConnection(pool.getUrl(), properties);
    }
}
