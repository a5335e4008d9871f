package org.webhookbroker.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Migrations;
import org.webhookbroker.database.TestPools;
import org.webhookbroker.database.embedded.EmbeddedMariaDb;
import org.webhookbroker.database.embedded.EmbeddedSettings;
import org.webhookbroker.testing.BrokerProcess;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.TestPool;

/** A broker's embedded MariaDB with its durable defaults, and nodes of the packaged broker on it. */
final class Rig implements AutoCloseable {
    private static final long BUFFER_POOL = 256L << 20;
    private static final long REDO_LOG = 512L << 20;

    private final List<String> javaOptions;
    private final Path archives;
    private final EmbeddedMariaDb mariaDb;
    private final TestPool pool;
    private final List<BrokerProcess> nodes = new ArrayList<>();

    /**
     * @param folder for the data, which must not exist
     * @param javaOptions of the nodes, beside those of deploy/webhook-broker
     */
    Rig(Path folder, List<String> javaOptions) {
        this.javaOptions = javaOptions;
        this.archives = folder.resolve("archives");
        this.mariaDb =
                EmbeddedMariaDb.start(new EmbeddedSettings(folder.resolve("mariadb"), BUFFER_POOL, REDO_LOG, 100));
        try (Connection connection = DriverManager.getConnection(url(), mariaDb.user(), mariaDb.password())) {
            Files.createDirectories(archives);
            Migrations.run(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.pool = TestPool.open(TestPools.of(url(), mariaDb.user(), mariaDb.password(), 4));
        new Registrar(database()).producer(Broadcast.PRODUCER);
        addNode();
    }

    Database database() {
        return pool.database();
    }

    BrokerProcess node() {
        return nodes.get(0);
    }

    List<Integer> ports() {
        return nodes.stream().map(BrokerProcess::port).toList();
    }

    List<String> adminUrls() {
        return nodes.stream().map(BrokerProcess::adminUrl).toList();
    }

    List<Long> pids() {
        return nodes.stream().map(BrokerProcess::pid).toList();
    }

    long databasePid() {
        return mariaDb.pid();
    }

    /** @param settings more of {@code config.yml}, as {@code NAME=value} */
    void addNode(String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "DATABASE_URL=" + url(),
                "DATABASE_USER=" + mariaDb.user(),
                "DATABASE_PASSWORD=" + mariaDb.password(),
                "RETENTION_NODE_NAME=bench",
                "RETENTION_DAYS=30",
                "RETENTION_LOCAL_PATH=" + archives.toAbsolutePath()));
        all.addAll(List.of(settings));
        BrokerProcess node = BrokerProcess.startForProduction(javaOptions, all);
        nodes.add(node);
        node.port();
    }

    /** Stops the node that was added last, in order. */
    void removeNode() throws InterruptedException {
        int unused = nodes.remove(nodes.size() - 1).stop();
    }

    private String url() {
        return mariaDb.jdbcUrl(EmbeddedMariaDb.SCHEMA);
    }

    @Override
    public void close() {
        try {
            while (!nodes.isEmpty()) {
                removeNode();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            nodes.forEach(BrokerProcess::close);
        }
        pool.close();
        mariaDb.close();
    }
}
