package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Xid;
import org.webhookbroker.dispatch.Waiting;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.Sql;

/** What the task {@code why} says of a job that waits, or is dead. */
class WhyTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Sql sql = mariaDb.sql();
    private final Seed seed = new Seed(mariaDb.database());
    private final BackgroundLoop loop = new BackgroundLoop("lease", Duration.ofMillis(10), () -> false);
    private Xid channel;
    private Xid consumer;
    private OpsServer server;

    @BeforeEach
    void start() throws Exception {
        Registrar registrar = new Registrar(mariaDb.database());
        channel = registrar.channel("orders");
        consumer = registrar.push(channel, "billing", "http://127.0.0.1/");
        loop.start();
        server = OpsServer.start(mariaDb.database(), loop);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        loop.stop();
    }

    @Test
    void aJobInTheMemoryOfThisNodeWaitsForItsConsumer() throws Exception {
        seed.queued(channel, consumer, 1);
        sql.execute("UPDATE job SET holder = " + server.incarnation.id());
        assertThat(why()).contains("INFLIGHT on incarnation").doesNotContain("waits");

        server.waiting.put(consumer, new Waiting(Duration.ofSeconds(90), "connect: refused", Duration.ofSeconds(7)));

        assertThat(why())
                .containsPattern("INFLIGHT on incarnation \\d+ since \\S+, waits: no answer from its consumer for 90 s"
                        + " \\(since 20\\S+Z\\), last: connect: refused, next probe in 7 s");
    }

    @Test
    void ofAJobOfAnotherNodeOrOfTheQueueItsRowTells() throws Exception {
        seed.queued(channel, consumer, 1);
        server.waiting.put(consumer, new Waiting(Duration.ofSeconds(90), "connect: refused", Duration.ZERO));
        sql.execute("UPDATE job SET reason = 'dns', detail = 'No address', unreachable_since = '2026-01-31 12:00:00'");
        String row = "nobody could be reached since 2026-01-31T12:00:00Z, last: dns: No address";

        assertThat(why()).contains("QUEUED, due ", row).doesNotContain("waits");

        sql.execute("UPDATE job SET holder = " + (server.incarnation.id() + 1));
        assertThat(why()).contains("INFLIGHT on incarnation ", row).doesNotContain("waits");
    }

    /** The attempts are those that were made: the last one too, unless the job died of something else. */
    @ParameterizedTest(name = "{0} after {1} counted: {2}")
    @CsvSource({
        "status-500, 5, 6",
        "timeout, 0, 1",
        "nacked, 2, 3",
        "blocked-address, 0, 1",
        "reported-dead, 1, 2",
        "unreachable, 2, 2",
        "crash-loop, 3, 3",
        "lease-expired, 6, 6",
        "message-missing, 1, 1"
    })
    void aDeadJobShowsAllAttempts(String reason, int counted, int made) throws Exception {
        seed.dead(channel, consumer, 1, reason, Instant.EPOCH);
        sql.execute("UPDATE dead_job SET attempts = " + counted);

        assertThat(why()).contains("DEAD since 1970-01-01T00:00:00Z, failed attempts: " + made + ", last: " + reason);
    }

    @Test
    void aDeadJobThatWasNeverTriedShowsNone() throws Exception {
        seed.dead(channel, consumer, 1, "unreachable", Instant.EPOCH);
        sql.execute("UPDATE dead_job SET attempts = 0");

        assertThat(why()).doesNotContain("failed attempts");
    }

    /** What strangers wrote forges no lines, and moves no cursor: neither in rows from before, nor in ids. */
    @Test
    void textsOfStrangersStayInTheirLine() throws Exception {
        seed.dead(channel, consumer, 1, "nacked", Instant.EPOCH);
        for (String evil : List.of("a\nb", "a\r\nb", "a\u001b[2Jb", "a\u202eb", "a\u2028b", "a\u009b31mb")) {
            mariaDb.database().withHandle(handle -> handle.execute("UPDATE dead_job SET detail = ?", evil + " \u00fc"));

            assertThat(why().lines()).hasSize(2);
            assertThat(why().lines().toList().get(1)).containsPattern("last: nacked: a[ ?]{1,2}(\\[2J|31m)?b \u00fc$");
        }
        OpsServer.Answer refused = server.task("why", "channel", "no\u202e\u001b[2J\nsuch", "message", "m");
        assertThat(refused.text().lines()).hasSize(1);
        assertThat(refused.text()).doesNotContain("\u202e", "\u001b");
    }

    private String why() throws Exception {
        Xid message = mariaDb.database()
                .withHandle(handle -> handle.createQuery("SELECT id FROM message")
                        .mapTo(Xid.class)
                        .one());
        return server.task("why", "channel", "orders", "message", message.toString())
                .text();
    }
}
