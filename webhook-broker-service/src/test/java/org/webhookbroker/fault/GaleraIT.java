package org.webhookbroker.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.webhookbroker.database.TestPools;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.Sql;
import org.webhookbroker.testing.TestPool;

/**
 * Two nodes of the broker on three of Galera, of which the one that they write to is killed under load, and joins again, round after
 * round. Only with {@code scripts/galera}, which says where Galera is.
 */
@Tag("G1")
@Tag("G2")
@Tag("G9")
@EnabledIfSystemProperty(named = "galera.provider", matches = ".+")
@Tag("slow")
class GaleraIT {
    private static final int ROUNDS = Integer.getInteger("galera.rounds", 4);
    /** The others wait 5 s for a node that fell silent before they go on without it. */
    private static final long SEED = Long.getLong("galera.seed", new Random().nextLong());

    private static final Duration LONGEST_OUTAGE = Duration.ofSeconds(30);

    private final Ledger ledger = new Ledger(Consumers.NAMES);
    private final Patience patience = new Patience(new Random(SEED));
    private int probes;

    @Test
    void nothingAcknowledgedIsLostWhoeverOfGaleraIsKilled() throws Exception {
        System.out.println("Pauses are drawn with -Dgalera.seed=" + SEED);
        try (Galera galera = Galera.start(
                        Path.of(System.getProperty("galera.folder")), System.getProperty("galera.provider"));
                Consumers consumers = new Consumers(ledger);
                Cluster cluster = new Cluster(List.of(access(galera), access(galera)));
                Load load = new Load(cluster, ledger)) {
            TestPool pool = TestPool.open(TestPools.of(galera.jdbcUrl(), "root", "", 4));
            consumers.register(cluster);
            Books books = new Books(cluster, ledger, new Sql(pool.database()));
            for (int round = 1; round <= ROUNDS; round++) {
                survive(round, galera, cluster, load, books);
            }
            pool.close();
        }
        System.out.printf(
                "%d rounds: %,d messages acknowledged, %,d deliveries, none lost, %,d repeats%n",
                ROUNDS, ledger.acknowledged(), ledger.deliveries(), ledger.repeats());
    }

    private void survive(int round, Galera galera, Cluster cluster, Load load, Books books) throws Exception {
        long before = ledger.acknowledged();
        long repeats = ledger.repeats();
        load.resume();
        await().atMost(Duration.ofMinutes(1)).until(() -> ledger.acknowledged() >= before + 500);
        List<Integer> connections = galera.connections();
        int writer = galera.writer();

        long killed = System.nanoTime();
        galera.node(writer).kill();
        await().atMost(LONGEST_OUTAGE).until(() -> serves(cluster.api(0)) && serves(cluster.api(1)));
        double outage = secondsSince(killed);
        await().atMost(LONGEST_OUTAGE).until(cluster::isHealthy);
        double unwell = secondsSince(killed);
        patience.between(Duration.ofSeconds(3), Duration.ofSeconds(6));

        long joins = System.nanoTime();
        galera.node(writer).rejoin();
        double joining = secondsSince(joins);
        patience.between(Duration.ofSeconds(3), Duration.ofSeconds(6));
        load.pause();
        await().atMost(Duration.ofMinutes(2)).until(() -> load.open() == 0);
        books.mustBalance();
        for (String table : List.of("message", "delivered_job", "job")) {
            assertThat(galera.counts(table))
                    .as(table)
                    .containsOnly(galera.counts(table).get(0));
        }
        assertThat(ledger.takeOdd()).isEmpty();
        assertThat(ledger.takeUnmarked()).isEmpty();
        System.out.printf(
                "%3d. connections %s, kill -9 of node %d: acknowledges after %4.1f s, healthy after %4.1f s; joined in %4.1f s (%s);"
                        + " %,6d acknowledged, %3d repeats, all marked%n",
                round,
                connections,
                writer + 1,
                outage,
                unwell,
                joining,
                galera.node(writer).copiedAll() ? "SST" : "IST",
                ledger.acknowledged() - before,
                ledger.repeats() - repeats);
    }

    /** Whether it acknowledges a message that is sent now. */
    private boolean serves(ApiClient broker) {
        String message = "probe-" + ++probes;
        ledger.sends(message);
        int status = broker.broadcast(Cluster.CHANNEL, message, "{}")
                .exceptionally(lost -> 0)
                .join();
        if (status == 201) {
            ledger.acknowledged(message);
        }
        return status == 201;
    }

    private static List<String> access(Galera galera) {
        return List.of(
                "DATABASE_URL=" + galera.jdbcUrl(),
                "DATABASE_USER=" + Galera.USER,
                "DATABASE_PASSWORD=",
                "DATABASE_SOCKET_TIMEOUT=20s");
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
