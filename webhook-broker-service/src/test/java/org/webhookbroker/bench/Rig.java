package org.webhookbroker.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.TestPools;
import org.webhookbroker.database.embedded.EmbeddedMariaDb;
import org.webhookbroker.database.embedded.EmbeddedSettings;
import org.webhookbroker.testing.BrokerProcess;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.TestPool;

/** A broker's embedded MariaDB with its durable defaults, and nodes of a packaged broker on it. */
final class Rig implements AutoCloseable {
    /** Those whose database runs. It starts a server that is killed again, so it has to be closed before. */
    private static final Set<EmbeddedMariaDb> RUNNING = ConcurrentHashMap.newKeySet();

    private static final long BUFFER_POOL = 256L << 20;
    private static final long REDO_LOG = 512L << 20;

    private final Build build;
    private final List<String> javaOptions;
    private final Path archives;
    private final EmbeddedMariaDb mariaDb;
    private final TestPool pool;
    private final List<BrokerProcess> nodes = new ArrayList<>();

    /**
     * @param folder for the data, which must not exist
     * @param javaOptions of the nodes, beside those of deploy/webhook-broker
     */
    Rig(Path folder, Build build, List<String> javaOptions) throws IOException, InterruptedException {
        this.build = build;
        this.javaOptions = javaOptions;
        this.archives = Files.createDirectories(folder.resolve("archives"));
        this.mariaDb =
                EmbeddedMariaDb.start(new EmbeddedSettings(folder.resolve("mariadb"), BUFFER_POOL, REDO_LOG, 100));
        RUNNING.add(mariaDb);
        BrokerProcess.runForProduction(build.home(), "db migrate", access());
        this.pool = TestPool.open(TestPools.of(url(), mariaDb.user(), mariaDb.password(), 4));
        new Registrar(database()).producer(Broadcast.PRODUCER);
        BrokerProcess unused = addNode();
    }

    /** Whatever state their rigs are in. */
    static void closeDatabases() {
        RUNNING.forEach(EmbeddedMariaDb::close);
    }

    Database database() {
        return pool.database();
    }

    /** The one that is there from the start. */
    BrokerProcess node() {
        return nodes.get(0);
    }

    List<BrokerProcess> nodes() {
        return nodes;
    }

    List<Integer> ports() {
        return nodes.stream().map(BrokerProcess::port).toList();
    }

    long databasePid() {
        return mariaDb.pid();
    }

    /**
     * Returns once it serves.
     *
     * @param settings more of {@code config.yml}, as {@code NAME=value}
     */
    BrokerProcess addNode(String... settings) {
        List<String> all = new ArrayList<>(access());
        all.addAll(List.of(
                "RETENTION_NODE_NAME=bench", "RETENTION_DAYS=30", "RETENTION_LOCAL_PATH=" + archives.toAbsolutePath()));
        all.addAll(List.of(settings));
        BrokerProcess node = BrokerProcess.startForProduction(build.home(), javaOptions, all);
        nodes.add(node);
        int unused = node.port();
        return node;
    }

    /** Stops all but the first, in order. */
    void removeAdded() throws InterruptedException {
        while (nodes.size() > 1) {
            int unused = nodes.remove(nodes.size() - 1).stop();
        }
    }

    /** What a backup by {@code mariadb-dump --single-transaction} has open as long as it runs. */
    Closeable openReadView() {
        Handle handle = pool.jdbi().open();
        // Our sessions end a transaction that is idle for 5 s, and with it the view.
        handle.execute("SET SESSION idle_transaction_timeout = 0");
        handle.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
        handle.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
        return () -> {
            handle.execute("ROLLBACK");
            handle.close();
        };
    }

    private List<String> access() {
        return List.of(
                "DATABASE_URL=" + url(), "DATABASE_USER=" + mariaDb.user(), "DATABASE_PASSWORD=" + mariaDb.password());
    }

    private String url() {
        return mariaDb.jdbcUrl(EmbeddedMariaDb.SCHEMA);
    }

    @Override
    public void close() {
        try {
            removeAdded();
            int unused = node().stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            nodes.forEach(BrokerProcess::close);
        } finally {
            pool.close();
            mariaDb.close();
            RUNNING.remove(mariaDb);
        }
    }
}
