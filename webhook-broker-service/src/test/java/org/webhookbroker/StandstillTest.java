package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/** Somebody else holds locks of the database for longer than a node may be silent. */
@Tag("G4")
@Tag("G6")
@Tag("slow")
class StandstillTest {
    /** More than the server has threads. */
    private static final int CLIENTS = 100;

    private static final int HALF_OF_THE_THREADS = 32;

    private static final Duration A_MINUTE = Duration.ofMinutes(1);
    private static final Duration TAKEOVER = Duration.ofSeconds(8);

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final ConsumerServer consumer = ConsumerServer.start();
    private LocalBroker broker;
    private ApiClient api;

    @BeforeEach
    void start() {
        broker = LocalBroker.start(mariaDb);
        api = broker.api();
        api.register("c", "k", consumer.url("/k"));
    }

    @AfterEach
    void stop() {
        broker.close();
        consumer.close();
    }

    /** Lists of dead letters wait; nothing else does. */
    @Test
    void readersOfALockedTableHoldUpNothingElse() throws SQLException {
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest list = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + broker.port() + "/channel/c/consumer/k/dlq"))
                .build();
        List<CompletableFuture<HttpResponse<String>>> lists = new ArrayList<>();
        try (Connection other = lock("LOCK TABLES dead_job WRITE")) {
            long began = System.nanoTime();
            for (int round = 0;
                    System.nanoTime() - began < TAKEOVER.plusSeconds(4).toNanos();
                    round++) {
                keepAsking(http, list, lists);
                String id = "m" + round;
                assertThat(api.broadcast("c", id, "x").join()).isEqualTo(201);
                int sent = round + 1;
                await().until(() -> consumer.requests("/k").size() == sent);
            }
            assertThat(other.isClosed()).isFalse();
        }
        assertThat(lists)
                .allSatisfy(each -> assertThat(each.join().statusCode()).isIn(200, 503));
        assertThat(lists.stream().map(CompletableFuture::join).filter(answer -> answer.statusCode() == 503))
                .isNotEmpty()
                .allMatch(answer -> answer.headers().firstValue("Retry-After").isPresent());
        assertStayedAlive();
    }

    /** Each change waits with a thread of the server, which intake needs too. */
    @ParameterizedTest
    @ValueSource(strings = {"LOCK TABLES consumer WRITE", "UPDATE consumer SET name = name"})
    void changesOfALockedRegistryHoldUpNoIntake(String statement) throws SQLException {
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest change = changeOf("/channel/c/consumer/k");
        List<CompletableFuture<HttpResponse<String>>> changes = new ArrayList<>();
        try (Connection other = lock(statement)) {
            long began = System.nanoTime();
            for (int round = 0; System.nanoTime() - began < TAKEOVER.toNanos(); round++) {
                keepAsking(http, change, changes);
                assertThat(api.broadcast("c", "m" + round, "x").join()).isEqualTo(201);
                assertThat(threadsThatWaitForTheDatabase()).isLessThanOrEqualTo(HALF_OF_THE_THREADS);
            }
            assertThat(other.isClosed()).isFalse();
        }
        assertThat(changes)
                .allSatisfy(each -> assertThat(each.join().statusCode()).isIn(200, 412, 503))
                .filteredOn(each -> each.join().statusCode() == 503)
                .isNotEmpty()
                .allMatch(
                        each -> each.join().headers().firstValue("Retry-After").isPresent());
        assertStayedAlive();
    }

    private static long threadsThatWaitForTheDatabase() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(each -> each.getKey().getName().startsWith("dw-"))
                .filter(each -> Arrays.stream(each.getValue())
                        .anyMatch(frame -> frame.getClassName().equals(Database.class.getName())))
                .count();
    }

    private HttpRequest changeOf(String consumer) {
        String version = broker.client().get(consumer).header("Last-Modified");
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + broker.port() + consumer))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("If-Unmodified-Since", version)
                .PUT(HttpRequest.BodyPublishers.ofString("token=kt&name=another&callbackUrl=http://127.0.0.1:1/"))
                .build();
    }

    /** Not even requests that move jobs, as long as there are more of them than connections. */
    @Test
    void requestsThatWaitHoldUpNoTakeover() throws SQLException {
        consumer.on("/k", Behavior.hang());
        assertThat(api.broadcast("c", "m", "x").join()).isEqualTo(201);
        await().until(() -> consumer.requests("/k").size() == 1);
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest requeue = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + broker.port()
                        + "/channel/c/consumer/k/job/" + new Xid(1, 1) + "/requeue-dead-job"))
                .header("X-Broker-Channel-Token", "ct")
                .header("X-Broker-Consumer-Token", "kt")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("org.webhookbroker.http.server.UnexpectedErrorMapper");
        logger.addAppender(log);
        try (Connection other = lock("LOCK TABLES dead_job WRITE")) {
            await().atMost(A_MINUTE).until(() -> {
                keepAsking(http, requeue, waiting);
                return waiting.stream().filter(CompletableFuture::isDone).count() > CLIENTS;
            });
            mariaDb.sql()
                    .execute("INSERT INTO incarnation (node, started_at, seen_at) VALUES"
                            + " ('dead', '2020-01-01', '2020-01-01')");
            mariaDb.sql().execute("UPDATE job SET holder = (SELECT MAX(id) FROM incarnation)");
            await().until(() -> {
                keepAsking(http, requeue, waiting);
                return mariaDb.sql().count("job", "takeovers = 1") == 1;
            });
            assertThat(other.isClosed()).isFalse();
        }
        assertThat(waiting)
                .allMatch(each -> each.join().statusCode() == 503 || each.join().statusCode() == 404);
        logger.detachAppender(log);
        assertThat(log.list)
                .allMatch(line -> line.getThrowableProxy() == null)
                .anyMatch(
                        line -> line.getFormattedMessage().contains("All connections that this kind of work may have"))
                .anyMatch(line -> line.getFormattedMessage().contains("Lock wait timeout exceeded"));
    }

    private static void keepAsking(
            HttpClient http, HttpRequest request, List<CompletableFuture<HttpResponse<String>>> waiting) {
        while (waiting.stream().filter(each -> !each.isDone()).count() < CLIENTS) {
            waiting.add(http.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
        }
    }

    /** What is not acknowledged meanwhile may be refused; the node is not taken for dead, and no job is delivered twice. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "LOCK TABLES message WRITE",
                "LOCK TABLES job WRITE, delivered_job WRITE",
                "UPDATE tally SET accepted = accepted",
                "UPDATE tally_slot SET changes = CONCAT(changes, '')",
                "UPDATE registry_version SET version = version",
                "FLUSH TABLES WITH READ LOCK"
            })
    void aLockThatStopsIntakeKillsNoNode(String statement) throws SQLException {
        assertThat(api.broadcast("c", "before", "x").join()).isEqualTo(201);
        await().until(() -> mariaDb.sql().count("delivered_job") == 1);
        await().until(() -> mariaDb.sql().count("tally_slot") > 0);
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        try (Connection other = lock(statement)) {
            for (int i = 0; i < 20; i++) {
                answers.add(api.broadcast("c", "m" + i, "x"));
            }
            long began = System.nanoTime();
            await().atMost(A_MINUTE)
                    .until(() ->
                            System.nanoTime() - began > TAKEOVER.plusSeconds(4).toNanos());
            assertThat(other.isClosed()).isFalse();
        }
        assertThat(answers).allSatisfy(each -> assertThat(each.join()).isIn(201, 503));
        assertThat(api.broadcast("c", "after", "x").join()).isEqualTo(201);
        long stored = mariaDb.sql().count("message");
        assertThat(stored)
                .isGreaterThanOrEqualTo(
                        2 + answers.stream().filter(each -> each.join() == 201).count());
        await().atMost(A_MINUTE).until(() -> mariaDb.sql().count("delivered_job") == stored);
        assertThat(consumer.requests("/k")).hasSize((int) stored);
        assertStayedAlive();
    }

    private void assertStayedAlive() {
        assertThat(mariaDb.sql().count("incarnation")).isEqualTo(1);
        assertThat(mariaDb.sql().count("incarnation", "ended")).isZero();
        assertThat(api.get("/metrics"))
                .doesNotContainPattern("webhook_broker_takeovers_total [1-9]")
                .doesNotContainPattern("state=\"stale\"} [1-9]");
        await().atMost(A_MINUTE)
                .ignoreExceptions()
                .until(() -> broker.admin().get("/healthcheck").contains("\"loop-heartbeat\":{\"healthy\":true"));
    }

    private static Connection lock(String statement) throws SQLException {
        Connection connection = mariaDb.connect();
        connection.setAutoCommit(false);
        try (Statement once = connection.createStatement()) {
            once.execute(statement);
        }
        return connection;
    }
}
