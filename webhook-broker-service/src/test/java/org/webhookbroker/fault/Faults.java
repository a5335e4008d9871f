package org.webhookbroker.fault;

import java.sql.Connection;
import java.sql.SQLTransactionRollbackException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.BrokerProcess;
import org.webhookbroker.testing.DatabaseLine;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Outage;

/** What can break: nodes, the database, the lines between them, consumers. Which node and for how long is drawn by lot. */
final class Faults {
    private final MariaDbExtension mariaDb;
    private final List<DatabaseLine> lines;
    private final Cluster cluster;
    private final Consumers consumers;
    private final Patience patience;
    private final Random random;
    private final Duration longestStop;

    /**
     * @param lines from each node to {@code mariaDb}
     * @param longestStop of MariaDB
     */
    Faults(
            MariaDbExtension mariaDb,
            List<DatabaseLine> lines,
            Cluster cluster,
            Consumers consumers,
            Random random,
            Duration longestStop) {
        this.mariaDb = mariaDb;
        this.lines = lines;
        this.cluster = cluster;
        this.consumers = consumers;
        this.patience = new Patience(random);
        this.random = random;
        this.longestStop = longestStop;
    }

    /** Each kind once, on nodes drawn anew. */
    List<Fault> all() {
        int node = random.nextInt(Cluster.NODES);
        return List.of(
                Fault.unseen("kill -9 of a node", () -> kill(node)),
                Fault.unseen("orderly stop of a node", () -> stop(node)),
                Fault.unseen("SIGSTOP of a node, longer than its leases", () -> freeze(node)),
                Fault.unseen("kill -9 of MariaDB", this::killDatabase),
                Fault.redOn(node, "MariaDB is stopped", this::stopDatabase),
                Fault.redOn(node, "MariaDB hangs", this::hangDatabase),
                Fault.redOn(node, "MariaDB has no space left", this::fillDatabase),
                Fault.redOn(node, "a node is cut off from MariaDB", () -> cut(node)),
                Fault.redOn(node, "no node reaches MariaDB", this::cutAll),
                Fault.unseen("connections to MariaDB break again and again", this::flap),
                Fault.unseen("connections to MariaDB are half closed", this::halfClose),
                Fault.unseen("the line to MariaDB is slow", () -> slowDown(node)),
                Fault.unseen("rows stay locked", this::lockRows),
                Fault.unseen("sessions are killed in the middle", this::killSessions),
                Fault.unseen("consumers hang, reset, fail and drip", this::misbehave));
    }

    private void kill(int node) throws InterruptedException {
        cluster.node(node).kill();
        patience.between(seconds(2), seconds(5));
        cluster.start(node);
    }

    private void stop(int node) throws InterruptedException {
        cluster.node(node).stop();
        patience.between(seconds(0), seconds(2));
        cluster.start(node);
    }

    private void freeze(int node) throws InterruptedException {
        BrokerProcess frozen = cluster.node(node);
        frozen.freeze();
        patience.between(Cluster.TAKEOVER.plusSeconds(2), Cluster.TAKEOVER.plusSeconds(8));
        frozen.thaw();
    }

    private void killDatabase() {
        mariaDb.kill();
    }

    private void stopDatabase() throws InterruptedException {
        Outage stopped = mariaDb.stop();
        try {
            patience.between(seconds(3), longestStop);
        } finally {
            stopped.close();
        }
    }

    private void hangDatabase() throws InterruptedException {
        Outage hanging = mariaDb.hang();
        try {
            patience.between(seconds(8), seconds(12));
        } finally {
            hanging.close();
        }
    }

    /** First only statements that need new pages fail, then all that write. */
    private void fillDatabase() throws InterruptedException {
        List<String> tables =
                List.of("message", "job", "delivered_job", "dead_job", "tally", "tally_slot", "incarnation");
        Outage inserts = mariaDb.fill("INSERT", tables);
        try {
            patience.between(seconds(2), seconds(4));
            Outage updates = mariaDb.fill("UPDATE", tables);
            try {
                patience.between(seconds(2), seconds(4));
            } finally {
                updates.close();
            }
        } finally {
            inserts.close();
        }
    }

    private void cut(int node) throws InterruptedException {
        DatabaseLine line = lines.get(node);
        line.cut();
        patience.between(seconds(6), seconds(12));
        line.mend();
    }

    private void cutAll() throws InterruptedException {
        for (int node = 0; node < Cluster.NODES; node++) {
            lines.get(node).cut();
        }
        patience.between(seconds(8), seconds(20));
        for (int node = 0; node < Cluster.NODES; node++) {
            lines.get(node).mend();
        }
    }

    private void halfClose() throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            lines.get(random.nextInt(Cluster.NODES)).halfClose();
            patience.upTo(Duration.ofMillis(500));
        }
    }

    /** Each answer of the database comes an eighth of a second later; a transaction needs several. */
    private void slowDown(int node) throws InterruptedException {
        lines.get(node).slowDown(Duration.ofMillis(125));
        patience.between(seconds(4), seconds(8));
        lines.get(node).mend();
    }

    private void flap() throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            DatabaseLine line = lines.get(random.nextInt(Cluster.NODES));
            line.cut();
            patience.upTo(Duration.ofMillis(200));
            line.mend();
            patience.upTo(Duration.ofMillis(400));
        }
    }

    /** Leases, outcomes, counters and heartbeats wait, and some of them in a deadlock with us. */
    private void lockRows() throws Exception {
        for (String table : List.of("job", "tally", "tally_slot", "incarnation", "registry_version")) {
            try (Connection connection = mariaDb.connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("SELECT COUNT(*) FROM " + table + " FOR UPDATE");
                patience.between(seconds(1), seconds(3));
                connection.rollback();
            } catch (SQLTransactionRollbackException deadlock) {
                // It was our transaction that had to give way.
            }
        }
    }

    private void killSessions() throws Exception {
        try (Connection connection = mariaDb.connect();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < 20; i++) {
                // A session may be gone before it is killed.
                statement.execute("""
                        BEGIN NOT ATOMIC
                          DECLARE CONTINUE HANDLER FOR 1094 BEGIN END;
                          SELECT id INTO @victim FROM information_schema.processlist
                          WHERE db = DATABASE() AND id <> CONNECTION_ID() ORDER BY RAND() LIMIT 1;
                          KILL @victim;
                        END
                        """);
                patience.upTo(Duration.ofMillis(200));
            }
        }
    }

    private void misbehave() throws InterruptedException {
        List<Behavior> zoo = List.of(
                Behavior.hang(),
                Behavior.reset(),
                Behavior.status(500),
                Behavior.reply(503, "", "Retry-After: 1"),
                Behavior.drip("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Duration.ofMillis(300)));
        for (Behavior way : zoo) {
            consumers.refuse(way);
            patience.between(seconds(1), seconds(2));
        }
        consumers.behave();
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }
}
