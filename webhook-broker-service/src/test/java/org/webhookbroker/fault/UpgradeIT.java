package org.webhookbroker.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.webhookbroker.database.TestPools;
import org.webhookbroker.database.embedded.EmbeddedMariaDb;
import org.webhookbroker.database.embedded.EmbeddedSettings;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.BrokerProcess;
import org.webhookbroker.testing.Release;
import org.webhookbroker.testing.Sql;
import org.webhookbroker.testing.TestPool;

/**
 * Two nodes of the release before, under load, become two of this one, go back, and come forth again, on the schema of this one. Only
 * with {@code scripts/upgrade-test}, which says where the release before is.
 */
@Tag("G1")
@Tag("G2")
@Tag("G4")
@EnabledIfSystemProperty(named = "upgrade.old", matches = ".+")
@Tag("slow")
class UpgradeIT {
    /** What a JVM ends with that was told to stop, and did so in order. */
    private static final int TERMINATED = 143;

    private static final int TOO_NEAR = 412;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Between two steps, so that each meets jobs in every state. */
    private static final int MESSAGES = 300;

    private static final String COLUMNS =
            "SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns WHERE table_schema = DATABASE()";

    private final Ledger ledger = new Ledger(Subscribers.WHO_TAKE);
    private final Release before = Release.in(Path.of(System.getProperty("upgrade.old", "")));
    private final Release now = Release.built();

    @Test
    void nothingIsLostNorRefusedOnTheWayToThisReleaseAndBack() throws Exception {
        try (EmbeddedMariaDb mariaDb = EmbeddedMariaDb.start(
                        new EmbeddedSettings(Path.of(System.getProperty("upgrade.folder")), 128 << 20, 96 << 20, 100));
                Subscribers subscribers = new Subscribers(ledger)) {
            List<String> settings = settings(mariaDb);
            migrate(before, settings, "old schema");
            TestPool pool = TestPool.open(
                    TestPools.of(mariaDb.jdbcUrl(EmbeddedMariaDb.SCHEMA), mariaDb.user(), mariaDb.password(), 4));
            try (Cluster cluster = new Cluster(List.of(settings, settings), before)) {
                subscribers.register(cluster.api(0));
                underLoad(cluster, subscribers, settings, new Sql(pool.database()));
            }
            pool.close();
        }
        System.out.printf(
                "%,d messages acknowledged, %,d deliveries, none lost, %,d repeats, all marked%n",
                ledger.acknowledged(), ledger.deliveries(), ledger.repeats());
    }

    private void underLoad(Cluster cluster, Subscribers subscribers, List<String> settings, Sql sql) throws Exception {
        try (PullWorker worker = new PullWorker(cluster, ledger, Subscribers.PULLS);
                Load load = new Load(cluster, ledger, 2, UpgradeIT::send)) {
            assertThat(worker).isNotNull();
            load.resume();
            goesOn(cluster, "two old nodes");
            List<String> columns = sql.textsOf(COLUMNS);
            migrate(now, settings, "new schema under two old nodes");
            mustHaveBeenExpandedOnly(columns, sql);
            goesOn(cluster, "two old nodes on the new schema");
            replace(cluster, 0, now, "old, SIGTERM, new");
            mustKnowEachOthersEntries(cluster, 1, 0, subscribers, sql);
            cluster.node(1).kill();
            start(cluster, 1, now, "old, kill -9, new");

            replace(cluster, 0, before, "back: new, SIGTERM, old");
            cluster.node(1).kill();
            start(cluster, 1, before, "back: new, kill -9, old");
            migrate(before, settings, "old migration on the new schema");
            assertThat(cluster.accounting(0)).contains("\nACCOUNTED");
            replace(cluster, 1, now, "forth: old, SIGTERM, new");
            replace(cluster, 0, now, "forth: old, SIGTERM, new");
            load.pause();
            await().atMost(PATIENCE).until(() -> load.open() == 0);
            mustBalance(cluster, sql);
        }
    }

    /**
     * Of ten messages one is for later: up to half a minute, so that every step has some that wait. On a machine so busy that this time is
     * near when the request arrives, it goes at once.
     */
    private static CompletableFuture<HttpResponse<String>> send(ApiClient api, String message, long number) {
        if (number % 10 != 0) {
            return api.send(Cluster.CHANNEL, message, Load.BODY);
        }
        Instant dueAt = Instant.now().plusSeconds(15 + number / 10 % 15);
        return api.schedule(Cluster.CHANNEL, message, Load.BODY, dueAt)
                .thenCompose(answer -> answer.statusCode() == TOO_NEAR
                        ? api.send(Cluster.CHANNEL, message, Load.BODY)
                        : CompletableFuture.completedFuture(answer));
    }

    private void replace(Cluster cluster, int node, Release release, String step) throws Exception {
        assertThat(cluster.node(node).stop()).as(step).isEqualTo(TERMINATED);
        start(cluster, node, release, step);
    }

    private void start(Cluster cluster, int node, Release release, String step) {
        cluster.start(node, release);
        goesOn(cluster, step);
    }

    private void goesOn(Cluster cluster, String step) {
        long acknowledged = ledger.acknowledged();
        await().atMost(PATIENCE).until(() -> ledger.acknowledged() > acknowledged + MESSAGES);
        await().atMost(PATIENCE).until(cluster::isHealthy);
        assertThat(ledger.takeOdd()).as(step).isEmpty();
        assertThat(ledger.takeUnmarked()).as(step).isEmpty();
        System.out.printf(
                "%s: %s; %,d acknowledged, %,d deliveries, %,d repeats%n",
                Instant.now(), step, ledger.acknowledged(), ledger.deliveries(), ledger.repeats());
    }

    private static void migrate(Release release, List<String> settings, String what) throws InterruptedException {
        long begin = System.nanoTime();
        assertThat(BrokerProcess.run(release, "db migrate", settings)).as(what).isZero();
        System.out.printf(
                "%s: %s, %.1f s with the start of the JVM%n", Instant.now(), what, (System.nanoTime() - begin) / 1e9);
    }

    /** What the old release reads is still there, and of what it does not write, the database knows the value. */
    private static void mustHaveBeenExpandedOnly(List<String> before, Sql sql) {
        assertThat(sql.textsOf(COLUMNS)).containsAll(before);
        Set<String> tables =
                before.stream().map(column -> column.replaceFirst("[.].*", "")).collect(Collectors.toSet());
        assertThat(sql.textsOf(COLUMNS + " AND is_nullable = 'NO' AND column_default IS NULL AND extra = ''"))
                .filteredOn(column -> !before.contains(column) && tables.contains(column.replaceFirst("[.].*", "")))
                .as("without a value for old nodes")
                .isEmpty();
    }

    /** Each sees within a second what the other registers, and an old node leaves alone what only a new one knows. */
    private static void mustKnowEachOthersEntries(
            Cluster cluster, int old, int current, Subscribers subscribers, Sql sql) {
        cluster.api(old).channel("by-old");
        cluster.api(old).subscribe("by-old", "k", subscribers.url("/others"));
        cluster.api(current).channel("by-new");
        cluster.api(current).subscribe("by-new", "k", subscribers.url("/others"));
        for (ApiClient api : List.of(cluster.api(old), cluster.api(current))) {
            for (String channel : List.of("by-old", "by-new")) {
                await().atMost(PATIENCE)
                        .until(() -> Set.of(201, 409)
                                .contains(api.broadcast(channel, "m", "{}").join()));
            }
        }
        sql.execute("UPDATE consumer SET allowed_networks = '10.0.0.0/8' WHERE public_id = ?", Subscribers.FLAKY);
        cluster.api(old).patch(Cluster.CHANNEL, Subscribers.FLAKY, "name=renamed");
        assertThat(sql.count("consumer", "name = 'renamed' AND allowed_networks = '10.0.0.0/8'"))
                .isEqualTo(1);
    }

    private void mustBalance(Cluster cluster, Sql sql) {
        assertThat(ledger.refused()).as("refused twice").isEmpty();
        await().atMost(PATIENCE).until(() -> sql.count("scheduled_due") == 0);
        await().atMost(PATIENCE)
                .until(() -> sql.count("job") == jobs(sql, "job").get(Subscribers.AWAY));
        await().atMost(PATIENCE).until(cluster::isHealthy);
        List<String> died = sql.textsOf(
                "SELECT m.public_id FROM dead_job JOIN message m ON m.id = dead_job.message_id ORDER BY m.public_id");
        assertThat(died).isNotEmpty().allMatch(Subscribers::diesOf);
        assertThat(ledger.missing())
                .containsExactlyInAnyOrderElementsOf(died.stream()
                        .map(message -> Subscribers.STRICT + " " + message)
                        .toList());
        assertThat(ledger.invented()).isEmpty();
        assertThat(ledger.takeOdd()).isEmpty();
        assertThat(ledger.takeUnmarked()).isEmpty();

        long all = ledger.acknowledged();
        long dead = died.size();
        assertThat(jobs(sql, "job")).containsOnly(Map.entry(Subscribers.AWAY, all));
        assertThat(jobs(sql, "dead_job")).containsOnly(Map.entry(Subscribers.STRICT, dead));
        assertThat(jobs(sql, "delivered_job"))
                .isEqualTo(Map.of(
                        Subscribers.WELL,
                        all,
                        Subscribers.FLAKY,
                        all,
                        Subscribers.PULLS,
                        all,
                        Subscribers.STRICT,
                        all - dead));
        assertThat(cluster.accounting(0)).contains("\nACCOUNTED");
        assertThat(cluster.accounting(1)).contains("\nACCOUNTED");
    }

    /** How many each consumer of the channel has. */
    private static Map<String, Long> jobs(Sql sql, String table) {
        Map<String, Long> jobs = new HashMap<>();
        for (String consumer :
                List.of(Subscribers.WELL, Subscribers.FLAKY, Subscribers.STRICT, Subscribers.PULLS, Subscribers.AWAY)) {
            long count =
                    sql.count(table, "consumer_id = (SELECT id FROM consumer WHERE public_id = '" + consumer + "')");
            if (count > 0) {
                jobs.put(consumer, count);
            }
        }
        return jobs;
    }

    private static List<String> settings(EmbeddedMariaDb mariaDb) {
        return List.of(
                "DATABASE_URL=" + mariaDb.jdbcUrl(EmbeddedMariaDb.SCHEMA),
                "DATABASE_USER=" + mariaDb.user(),
                "DATABASE_PASSWORD=" + mariaDb.password(),
                "TAKEOVER_AFTER=8s",
                "MIN_SCHEDULE_DELAY=1s");
    }
}
