package org.webhookbroker.database;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.jdbi3.JdbiFactory;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.webhookbroker.database.embedded.EmbeddedFactory;
import org.webhookbroker.database.embedded.EmbeddedLifecycle;
import org.webhookbroker.database.embedded.EmbeddedMariaDb;

/** The {@code database} block of the configuration: the embedded MariaDB, or an external one if a URL is given. */
public final class DatabaseFactory {
    /** Empty: the embedded MariaDB. Otherwise {@code jdbc:mariadb:...} of MariaDB 10.6 or newer. */
    @JsonProperty
    @NotNull
    public String url = "";

    /** Of the external database. */
    @JsonProperty
    @NotNull
    public String user = "";

    /** Of the external database. */
    @JsonProperty
    @NotNull
    public String password = "";

    /** Connections, of each node of the broker. */
    @JsonProperty
    @Min(8)
    @Max(1000)
    public int poolSize = 16;

    /** A statement that takes longer is given up together with its connection. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    public Duration socketTimeout = Duration.seconds(60);

    /** How long a new connection may take. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    public Duration connectTimeout = Duration.seconds(3);

    /** How long a request waits for a free connection before it is answered 503. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
    public Duration maxWaitForConnection = Duration.seconds(5);

    /** Connections are renewed after this, so that a changed cluster is noticed. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MINUTES)
    public Duration maxConnectionAge = Duration.minutes(30);

    /** Used only while {@link #url} is empty. */
    @JsonProperty
    @Valid
    @NotNull
    public EmbeddedFactory embedded = new EmbeddedFactory();

    @JsonIgnore
    @ValidationMethod(message = "database.url must be empty (embedded MariaDB) or start with jdbc:mariadb:")
    public boolean isUrlOfMariaDb() {
        return url.isEmpty() || url.startsWith("jdbc:mariadb:");
    }

    /**
     * Opens the broker's database, checked and migrated. Call it before anything is managed that uses the database: what is
     * managed first is stopped last.
     *
     * @param largestPayload of a message, in bytes
     */
    public Database build(Environment environment, long largestPayload) {
        Optional<EmbeddedMariaDb> server = startEmbedded();
        server.ifPresent(mariaDb -> EmbeddedLifecycle.manage(mariaDb, environment));
        DataSourceFactory pool = pool(server);
        Startup.check(pool, server.isPresent());
        ServerSettings.warnOfPackets(Long.parseLong(pool.getProperties().get("maxAllowedPacket")), largestPayload);
        // One timer for all statements: named by their text, as is the default, there would be no end of timers.
        JdbiFactory factory = new JdbiFactory(statement -> "database.statements");
        return new Database(
                factory.build(environment, pool, "database"),
                new ConnectionPlaces(poolSize, maxWaitForConnection.toJavaDuration()));
    }

    /** For a command that works on the data. Checked, and if it is embedded migrated, as {@link #build} does. */
    public CommandDatabase openForCommand() {
        return CommandDatabase.open(this);
    }

    /** Whether the database is the embedded one, which only this broker uses. */
    @JsonIgnore
    public boolean isEmbedded() {
        return url.isEmpty();
    }

    /** Empty if an external database is configured. */
    Optional<EmbeddedMariaDb> startEmbedded() {
        return url.isEmpty() ? Optional.of(EmbeddedMariaDb.start(embedded.settings(poolSize))) : Optional.empty();
    }

    DataSourceFactory pool(Optional<EmbeddedMariaDb> server) {
        return server.map(mariaDb -> pool(mariaDb.jdbcUrl(EmbeddedMariaDb.SCHEMA), mariaDb.user(), mariaDb.password()))
                .orElseGet(() -> pool(url, user, password));
    }

    /** For the {@code db} commands: one connection, and no time limit on a statement that builds an index. */
    public DataSourceFactory forCommands() {
        DataSourceFactory factory = url.isEmpty() ? new EmbeddedCommandFactory(this) : pool(url, user, password);
        forMigrations(factory.getProperties());
        return factory;
    }

    static void forMigrations(Map<String, String> properties) {
        properties.put("socketTimeout", "0");
        properties.put("sessionVariables", SessionVariables.ofMigration().property());
    }

    DataSourceFactory pool(String poolUrl, String poolUser, String poolPassword) {
        DataSourceFactory pool = new DataSourceFactory();
        pool.setDriverClass("org.mariadb.jdbc.Driver");
        pool.setUrl(poolUrl);
        pool.setUser(poolUser);
        pool.setPassword(poolPassword);
        pool.setProperties(driverProperties());
        pool.setInitialSize(2);
        pool.setMinSize(poolSize);
        pool.setMaxSize(poolSize);
        pool.setMaxWaitForConnection(maxWaitForConnection);
        pool.setMaxConnectionAge(maxConnectionAge);
        // Once here, not in each transaction: Jdbi would ask and set it again every time.
        pool.setDefaultTransactionIsolation(DataSourceFactory.TransactionIsolation.READ_COMMITTED);
        // The driver's ping instead of a query, and not for each use. So a broken connection is handed out for at
        // most half a second. A server takes longer to come back, so an outage leaves no bad connections behind.
        pool.setValidationQuery(null);
        pool.setValidationQueryTimeout(Duration.seconds(2));
        pool.setCheckConnectionOnBorrow(true);
        pool.setValidationInterval(Duration.milliseconds(500));
        pool.setAutoCommentsEnabled(false);
        return pool;
    }

    private Map<String, String> driverProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("socketTimeout", Long.toString(socketTimeout.toMilliseconds()));
        properties.put("connectTimeout", Long.toString(connectTimeout.toMilliseconds()));
        properties.put("tcpKeepAlive", "true");
        // Otherwise that of the locale, in which a service usually has no letters but those of ASCII.
        properties.put("passwordCharacterEncoding", "UTF-8");
        properties.put("useBulkStmtsForInserts", "true");
        // Bulk updates report no row counts, and every guarded update is checked by its count.
        properties.put("useBulkStmts", "false");
        properties.put("rewriteBatchedStatements", "false");
        properties.put("useAffectedRows", "false");
        // Otherwise the driver ends a transaction only if the last answer said that there is one, which an answer that
        // is an error does not.
        properties.put("forceTransactionEnd", "true");
        properties.put(
                "sessionVariables",
                SessionVariables.ofPool(socketTimeout.toJavaDuration()).property());
        return properties;
    }
}
