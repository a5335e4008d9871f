package org.webhookbroker.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.DatabaseLine;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.OwnThread;

/**
 * Two nodes under load while one thing after another breaks, in an order drawn by lot: each kind once, or for as long as {@code
 * -Dsoak.minutes} says. {@code -Dsoak.seed} repeats a run as far as the machine lets it, {@code -Dsoak.only} keeps the
 * faults with this text in their name.
 */
@Tag("G1")
@Tag("G2")
@Tag("G4")
@Tag("G5")
@Tag("G9")
@Tag("slow")
class FaultIT {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final Duration LENGTH = Duration.ofMinutes(Integer.getInteger("soak.minutes", 0));
    private static final Duration LONGEST_STOP = LENGTH.isZero() ? Duration.ofSeconds(5) : Duration.ofMinutes(3);
    private static final String ONLY = System.getProperty("soak.only", "");
    private static final long SEED = Long.getLong("soak.seed", new Random().nextLong());
    /**
     * Calls that the I/O threads had permitted but not written when their node froze, or got no processor for as long, see
     * docs/decisions/003. Another node's call, which is marked, overtakes them.
     */
    private static final int ONE_TURN = 64;

    private final Random random = new Random(SEED);
    private final Ledger ledger = new Ledger(Consumers.NAMES);
    private int faults;

    @Test
    void nothingAcknowledgedIsLostWhateverBreaks() throws Exception {
        System.out.println("Faults are drawn with -Dsoak.seed=" + SEED);
        long end = System.nanoTime() + LENGTH.toNanos();
        try (DatabaseLine one = DatabaseLine.to(mariaDb);
                DatabaseLine other = DatabaseLine.to(mariaDb);
                Consumers consumers = new Consumers(ledger);
                Cluster cluster = new Cluster(List.of(access(one), access(other)));
                Load load = new Load(cluster, ledger)) {
            consumers.register(cluster);
            Books books = new Books(cluster, ledger, mariaDb.sql());
            do {
                List<Fault> round = new ArrayList<>(
                        new Faults(mariaDb, List.of(one, other), cluster, consumers, random, LONGEST_STOP).all());
                round.removeIf(fault -> !fault.name().contains(ONLY));
                Collections.shuffle(round, random);
                for (Fault fault : round) {
                    survive(fault, cluster, load, books);
                }
            } while (System.nanoTime() < end);
        }
        System.out.printf(
                "%d faults: %,d messages acknowledged, %,d deliveries, none lost, %,d repeats (%.3f %%)%n",
                faults,
                ledger.acknowledged(),
                ledger.deliveries(),
                ledger.repeats(),
                100.0 * ledger.repeats() / ledger.deliveries());
    }

    private static List<String> access(DatabaseLine line) {
        return List.of(
                "DATABASE_URL=" + line.jdbcUrl(),
                "DATABASE_USER=" + mariaDb.user(),
                "DATABASE_PASSWORD=" + mariaDb.password(),
                "DATABASE_SOCKET_TIMEOUT=5s");
    }

    private void survive(Fault fault, Cluster cluster, Load load, Books books) throws Exception {
        long acknowledged = ledger.acknowledged();
        long repeats = ledger.repeats();
        load.resume();
        await().atMost(Duration.ofMinutes(1)).until(() -> ledger.acknowledged() > acknowledged + 100);
        long start = System.nanoTime();
        breakWatched(fault, cluster);
        long mended = System.nanoTime();
        load.pause();
        await().atMost(Duration.ofMinutes(2)).until(() -> load.open() == 0);
        books.mustBalance();
        List<Ledger.Unmarked> unmarked = ledger.takeUnmarked();
        System.out.printf(
                "%3d. %-45s lasted %4.1f s, all well %4.1f s later; %,6d acknowledged, %3d repeats, %d of them unmarked, of which %d were overtaken%n",
                ++faults,
                fault.name(),
                (mended - start) / 1e9,
                (System.nanoTime() - mended) / 1e9,
                ledger.acknowledged() - acknowledged,
                ledger.repeats() - repeats,
                unmarked.size(),
                unmarked.stream().filter(Ledger.Unmarked::overtaken).count());
        assertThat(ledger.takeOdd()).as(fault.name()).isEmpty();
        assertThat(unmarked)
                .as(fault.name())
                .allMatch(Ledger.Unmarked::overtaken)
                .hasSizeLessThanOrEqualTo(ONE_TURN);
    }

    private static void breakWatched(Fault fault, Cluster cluster) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Boolean> red = CompletableFuture.supplyAsync(
                () -> {
                    boolean seen = fault.redOn() == Fault.NOBODY;
                    while (!seen && !over.get()) {
                        seen = !cluster.isHealthy(fault.redOn());
                    }
                    return seen;
                },
                OwnThread.EACH);
        try {
            fault.action().run();
        } finally {
            over.set(true);
        }
        assertThat(red.join()).as("health turned red: " + fault.name()).isTrue();
    }
}
