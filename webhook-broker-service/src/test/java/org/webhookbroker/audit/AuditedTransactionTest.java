package org.webhookbroker.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.CommitCutter;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Outage;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.Sql;

/** There is no change without its record, and no record without its change; and intake waits for neither. */
@Tag("slow")
class AuditedTransactionTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final String[] TOKENS = {"X-Broker-Channel-Token: ct", "X-Broker-Consumer-Token: kt"};

    private final Sql sql = mariaDb.sql();
    private CommitCutter cutter;
    private LocalBroker broker;
    private RawClient api;

    @BeforeEach
    void start() {
        cutter = CommitCutter.start(mariaDb);
        broker = LocalBroker.on(mariaDb).through(cutter.jdbcUrl()).start();
        api = broker.client();
        assertThat(api.put("/channel/c", "token=ct").status()).isEqualTo(200);
        assertThat(api.put("/channel/c/consumer/k", "token=kt&type=pull&callbackUrl=http://host/")
                        .status())
                .isEqualTo(200);
    }

    @AfterEach
    void stop() {
        broker.close();
        cutter.close();
    }

    private static Xid id(String table) {
        return mariaDb.database()
                .withHandle(handle -> handle.createQuery("SELECT id FROM " + table)
                        .mapTo(Xid.class)
                        .one());
    }

    private long version() {
        return sql.longOf("SELECT version FROM registry_version");
    }

    @Test
    void whatCannotBeRecordedIsNotDone() {
        List<String> jobs = new Seed(mariaDb.database())
                .dead(id("channel"), id("consumer"), 3, "status-500", Instant.now()).stream()
                        .map(Object::toString)
                        .toList();
        long version = version();
        String etag = "If-Unmodified-Since: " + api.get("/channel/c").header("Last-Modified");
        Outage full = mariaDb.fill("INSERT", List.of("audit"));
        try {
            assertThat(api.put("/producer/p", "token=t").status()).isEqualTo(503);
            assertThat(api.put("/channel/c", "token=other", etag).status()).isEqualTo(503);
            assertThat(api.form(
                                    "DELETE /channel/c/consumer/k?force=true",
                                    "",
                                    "If-Unmodified-Since: "
                                            + api.get("/channel/c/consumer/k").header("Last-Modified"))
                            .status())
                    .isEqualTo(503);
            String job = "/channel/c/consumer/k/job/" + jobs.get(0);
            assertThat(api.send("POST " + job + "/requeue-dead-job", "", TOKENS).status())
                    .isEqualTo(503);
            assertThat(api.send("DELETE " + job, "", TOKENS).status()).isEqualTo(503);
            assertThat(api.send("DELETE /channel/c/consumer/k/dlq", "", TOKENS).status())
                    .isEqualTo(503);
            assertThat(api.form("POST /channel/c/consumer/k/dlq", "requeue=kt").status())
                    .isEqualTo(503);
        } finally {
            full.close();
        }
        assertThat(version()).isEqualTo(version);
        assertThat(sql.count("dead_job")).isEqualTo(3);
        assertThat(sql.count("producer")).isZero();
        assertThat(api.get("/channel/c").body()).contains("\"ct\"");
        assertThat(sql.count("audit")).isEqualTo(2);
        // And then all goes on.
        assertThat(api.put("/producer/p", "token=t").status()).isEqualTo(200);
        assertThat(sql.count("audit")).isEqualTo(3);
    }

    /** As if the node died there. */
    @ParameterizedTest
    @EnumSource
    void aConnectionThatBreaksAtTheCommitLeavesBothOrNeither(CommitCutter.When when) {
        cutter.cutNext("INSERT INTO producer", when);
        Answer answer = api.put("/producer/p", "token=t");
        assertThat(cutter.cuts()).isEqualTo(1);
        assertThat(answer.status()).isEqualTo(503);
        int done = when == CommitCutter.When.AFTER_THE_COMMIT ? 1 : 0;
        assertThat(sql.count("producer")).isEqualTo(done);
        assertThat(sql.count("audit", "kind = 'producer'")).isEqualTo(done);
    }

    /** A retry of the same request finds nothing to change, so there is one record. */
    @Test
    void aRepeatedRequestIsRecordedOnce() {
        cutter.cutNext("INSERT INTO producer", CommitCutter.When.AFTER_THE_COMMIT);
        api.put("/producer/p", "token=t");
        Answer now = api.get("/producer/p");
        assertThat(api.put("/producer/p", "token=t", "If-Unmodified-Since: " + now.header("Last-Modified"))
                        .status())
                .isEqualTo(200);
        assertThat(sql.count("audit", "kind = 'producer'")).isEqualTo(1);
    }

    /** Of many transactions some are committed: their record counts these. */
    @Test
    void theRecordOfABulkCountsWhatWasDoneThoughItNeverEnds() throws Exception {
        new Seed(mariaDb.database())
                .dead(
                        new Registrar(mariaDb.database()).channel("other"),
                        id("consumer"),
                        2500,
                        "status-500",
                        Instant.now());
        // The third thousand fails, and so does the record of the end.
        sql.execute("""
                CREATE TRIGGER stop_there BEFORE UPDATE ON audit FOR EACH ROW
                IF NEW.outcome <> 'begun' OR NEW.affected > 2000 THEN SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'full'; END IF
                """);
        try {
            assertThat(api.form("POST /channel/c/consumer/k/dlq", "requeue=kt").status())
                    .isEqualTo(503);
        } finally {
            sql.execute("DROP TRIGGER stop_there");
        }
        assertThat(sql.count("dead_job")).isEqualTo(500);
        assertThat(sql.longOf("SELECT affected FROM audit WHERE action = 'requeue'"))
                .isEqualTo(2000);
        assertThat(sql.textOf("SELECT outcome FROM audit WHERE action = 'requeue'"))
                .isEqualTo("begun");
    }

    /** Somebody locks the audit as a whole, or changes its columns: changes are refused, and intake does not notice (G6). */
    @Test
    @Tag("G6")
    void aLockedAuditHoldsUpNoIntake() throws Exception {
        try (Connection other = mariaDb.connect()) {
            other.createStatement().execute("LOCK TABLES audit WRITE");
            AtomicReference<Answer> answer = new AtomicReference<>();
            CompletableFuture<Void> changing =
                    CompletableFuture.runAsync(() -> answer.set(api.put("/producer/p", "token=t")));
            try (Connection intake = mariaDb.connect()) {
                intake.setAutoCommit(false);
                while (!changing.isDone()) {
                    intake.createStatement()
                            .execute("SELECT version FROM registry_version WHERE id = 1 LOCK IN SHARE MODE WAIT 1");
                    intake.rollback();
                }
            }
            changing.get();
            assertThat(answer.get().status()).isEqualTo(503);
            other.createStatement().execute("UNLOCK TABLES");
        }
        assertThat(api.put("/producer/p", "token=t").status()).isEqualTo(200);
    }

    /** Nothing of it locks the place where new entries go. */
    @Test
    @Tag("G6")
    void aPruningUnderWayHoldsUpNoChange() throws Exception {
        for (int i = 0; i < 50; i++) {
            api.put("/producer/p" + i, "token=t");
        }
        try (Connection pruning = mariaDb.connect()) {
            pruning.createStatement().execute("SET SESSION tx_isolation = 'READ-COMMITTED'");
            pruning.setAutoCommit(false);
            pruning.createStatement()
                    .execute("DELETE FROM audit WHERE id < UNHEX('FFFFFFFFFFFFFFFFFFFFFFFF') ORDER BY id LIMIT 1000");
            for (int i = 0; i < 20; i++) {
                assertThat(api.put("/producer/q" + i, "token=t").status()).isEqualTo(200);
            }
            pruning.commit();
        }
        assertThat(sql.count("audit")).isEqualTo(20);
    }
}
