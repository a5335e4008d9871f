package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dropwizard.util.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import org.webhookbroker.BrokerConfiguration;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RefusingPort;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Sql;

/** G7: no attempt is spent that reached nobody, for hours, and across restarts; then the job is dead and says so. */
@Tag("slow")
@Tag("G7")
class UnreachableTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final Consumer<BrokerConfiguration> ONE_ATTEMPT = settings -> settings.retry.maxRetries = 0;

    private final Sql sql = mariaDb.sql();
    private final RefusingPort nobody = new RefusingPort();
    private Database database;
    private Xid channel;

    @BeforeEach
    void register() {
        database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        registrar.producer("p");
        channel = registrar.channel("c");
        registrar.push(channel, "k", nobody.url("/k"));
    }

    @AfterEach
    void close() {
        nobody.close();
    }

    /** README 7. A day passes in the columns of the job, an hour short of the limit. */
    @Test
    void jobsWaitUntouchedUntilSomebodyIsThere() throws Exception {
        try (Node node = Node.start(database, ONE_ATTEMPT)) {
            node.sendMany("c", "m", 3);
            awaitFailures(node, 9);
            sql.execute("UPDATE job SET unreachable_since = unreachable_since - INTERVAL 23 HOUR");
            double before = node.settled("unreached");
            sql.execute("UPDATE job SET due_at = UTC_TIMESTAMP(6) WHERE holder = 0");
            awaitFailures(node, before + 3);

            assertThat(sql.count("job", "attempts = 0 AND NOT possible_duplicate AND NOT retry AND reason = 'connect'"))
                    .isEqualTo(3);
            assertThat(sql.count("dead_job")).isZero();

            nobody.close();
            try (ConsumerServer back = ConsumerServer.startAt(nobody.port())) {
                sql.execute("UPDATE job SET due_at = UTC_TIMESTAMP(6) WHERE holder = 0");
                awaitCount("delivered_job", 3);

                assertThat(back.requests("/k"))
                        .hasSize(3)
                        .allSatisfy(request -> assertThat(request.header("X-Broker-Possible-Duplicate"))
                                .isNull());
            }
        }
        assertThat(sql.count("delivered_job", "attempts = 0")).isEqualTo(3);
    }

    @Test
    void afterTheirTimeTheyAreDeadAndSayWhy() throws Exception {
        try (Node node = Node.start(database)) {
            node.sendMany("c", "m", 3);
            awaitFailures(node, 3);
            sql.execute("UPDATE job SET unreachable_since = unreachable_since - INTERVAL 24 HOUR");
            awaitCount("dead_job", 3);
        }

        assertThat(sql.count("dead_job", "attempts = 0 AND NOT possible_duplicate AND reason = 'unreachable'"))
                .isEqualTo(3);
        assertThat(sql.textOf("SELECT detail FROM dead_job LIMIT 1"))
                .startsWith("Nobody could be reached since 20")
                .contains("; last: connect: ");
        assertThat(sql.longOf("SELECT SUM(dead) FROM tally")).isEqualTo(3);
    }

    @Test
    void aRestartDoesNotBeginTheTimeAnew() throws Exception {
        try (Node node = Node.start(database)) {
            node.sendMany("c", "m", 1);
            awaitFailures(node, 3);
        }
        String since = sql.textOf("SELECT unreachable_since FROM job");
        try (Node node = Node.start(database)) {
            awaitFailures(node, 1);
            await().until(() -> sql.count("job", "holder = 0") == 1);
        }

        assertThat(sql.textOf("SELECT unreachable_since FROM job")).isEqualTo(since);
    }

    /** While others of its consumer were delivered, this one waited for its turn. */
    @Test
    void aConsumerThatIsBackForAWhileBeginsTheTimeAnew() throws Exception {
        try (Node node = Node.start(database)) {
            node.sendMany("c", "m", 1);
            awaitFailures(node, 1);
            await().until(() -> sql.count("job", "holder = 0") == 1);
            sql.execute("UPDATE job SET unreachable_since = unreachable_since - INTERVAL 25 HOUR,"
                    + " due_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR");
            nobody.close();
            try (ConsumerServer back = ConsumerServer.startAt(nobody.port())) {
                node.sendMany("c", "n", 1);
                awaitCount("delivered_job", 1);
                assertThat(back.requests("/k")).hasSize(1);
            }
            double before = node.settled("unreached");
            sql.execute("UPDATE job SET due_at = UTC_TIMESTAMP(6)");
            awaitFailures(node, before + 1);
        }

        assertThat(sql.count("dead_job")).isZero();
        assertThat(sql.count("job", "unreachable_since > UTC_TIMESTAMP(6) - INTERVAL 1 HOUR"))
                .isEqualTo(1);
    }

    /** G5: nodes that died meanwhile make suspects of all that waited. */
    @Test
    @Tag("G5")
    void suspectsAreDeliveredOnceSomebodyIsThere() throws Exception {
        try (Node node = Node.start(database, settings -> {
            settings.dispatch.breakerThreshold = 1;
            settings.dispatch.longestProbe = Duration.seconds(1);
            settings.dispatch.maxInFlightPerConsumer = 1;
        })) {
            node.sendMany("c", "m", 1);
            awaitFailures(node, 1);
            sql.execute("UPDATE job SET takeovers = 4");
            double before = node.settled("unreached");
            awaitFailures(node, before + 2);
            assertThat(sql.count("job", "takeovers = 4")).isEqualTo(1);
            nobody.close();
            try (ConsumerServer back = ConsumerServer.startAt(nobody.port())) {
                awaitCount("delivered_job", 1);
                assertThat(back.requests("/k")).hasSize(1);
            }
        }
    }

    /** With the breaker open one job at a time is tried. It speaks for all: those in memory, and those that were not taken yet. */
    @Test
    void allThatWaitBehindTheBreakerHaveTheirTimeToo() throws Exception {
        sql.execute("UPDATE consumer SET unreachable_for = '2'");
        sql.execute("UPDATE registry_version SET version = version + 1");
        try (Node node = Node.start(database, settings -> {
            settings.dispatch.breakerThreshold = 3;
            settings.dispatch.longestProbe = Duration.seconds(1);
            settings.dispatch.laneCapacity = 80;
            settings.dispatch.maxInFlightPerConsumer = 4;
        })) {
            node.sendMany("c", "m", 200);
            awaitCount("dead_job", 200);
            assertThat(attempts(node)).isLessThan(100);
        }

        assertThat(sql.count("dead_job", "attempts = 0 AND reason = 'unreachable'"))
                .isEqualTo(200);
        assertThat(sql.count("job")).isZero();
    }

    /** What waits in memory is written once, not by each look. */
    @Test
    void lookByLookNothingIsWrittenOfThoseThatWait() throws Exception {
        try (Node node = Node.start(database, settings -> {
            settings.dispatch.breakerThreshold = 3;
            settings.dispatch.longestProbe = Duration.seconds(1);
            settings.dispatch.maxInFlightPerConsumer = 1;
        })) {
            node.sendMany("c", "m", 50);
            await().until(() -> sql.count("job", "unreachable_since IS NOT NULL") == 50);
            await().until(() -> sql.count("job", "holder <> 0 AND unreachable_since IS NOT NULL") >= 48);
            double before = node.settled("unreached");
            double attempts = attempts(node);
            await().until(() -> attempts(node) >= attempts + 3);

            assertThat(node.settled("unreached") - before).isLessThan(10);
        }
    }

    @Test
    void aRequestThatWasSentIsAnAttempt() throws Exception {
        for (Behavior behavior : List.of(Behavior.hang(), Behavior.reset(), Behavior.close())) {
            try (ConsumerServer server = ConsumerServer.start().otherwise(behavior)) {
                sql.execute("UPDATE consumer SET callback_url = '" + server.url("/k") + "'");
                sql.execute("UPDATE registry_version SET version = version + 1");
                long before = sql.count("dead_job");
                try (Node node = Node.start(database, ONE_ATTEMPT.andThen(settings -> {
                    settings.dispatch.deliveryTimeout = Duration.milliseconds(500);
                }))) {
                    node.sendMany("c", "m" + before, 1);
                    awaitCount("dead_job", before + 1);
                }
            }
        }

        assertThat(sql.count("dead_job", "reason IN ('timeout', 'reset') AND possible_duplicate"))
                .isEqualTo(3);
    }

    /** One line when it goes and one when it is back, which hold nothing of the URL but its host. */
    @Test
    void theLogSaysThatAConsumerIsAwayAndThatItIsBack() throws Exception {
        sql.execute("UPDATE consumer SET callback_url = 'http://user:geheim@127.0.0.1:" + nobody.port()
                + "/geheim?k=geheim'");
        sql.execute("UPDATE registry_version SET version = version + 1");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(WebhookSender.class);
        logger.addAppender(log);
        try (Node node = Node.start(database, settings -> {
            settings.dispatch.breakerThreshold = 3;
            settings.dispatch.longestProbe = Duration.seconds(1);
        })) {
            node.sendMany("c", "m", 20);
            await().until(() -> node.dispatcher
                    .waiting(node.registry
                            .current()
                            .consumers()
                            .iterator()
                            .next()
                            .id())
                    .isPresent());
            Waiting waiting = node.dispatcher
                    .waiting(node.registry
                            .current()
                            .consumers()
                            .iterator()
                            .next()
                            .id())
                    .orElseThrow();
            assertThat(waiting.why()).startsWith("connect: ").doesNotContain("geheim");
            assertThat(waiting.nextProbe()).isLessThanOrEqualTo(java.time.Duration.ofSeconds(1));
            nobody.close();
            try (ConsumerServer back = ConsumerServer.startAt(nobody.port())) {
                awaitCount("delivered_job", 20);
                assertThat(back.requests("/geheim")).hasSize(20);
            }
        } finally {
            logger.detachAppender(log);
        }

        assertThat(log.list).hasSize(2);
        assertThat(log.list.get(0).getFormattedMessage())
                .startsWith("Consumer c/k cannot be reached, its jobs wait: connect: ")
                .doesNotContain("geheim");
        assertThat(log.list.get(1).getFormattedMessage()).matches("Consumer c/k is back after \\d+ s");
    }

    private static double attempts(Node node) {
        return node.attempts("connect");
    }

    private static void awaitFailures(Node node, double count) {
        await().until(() -> node.settled("unreached") >= count);
    }

    private void awaitCount(String table, long count) {
        await().until(() -> sql.count(table) == count);
    }
}
