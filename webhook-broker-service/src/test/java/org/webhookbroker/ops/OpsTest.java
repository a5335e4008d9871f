package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.Sql;

/** What an operator does and sees, over HTTP on both ports. */
class OpsTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Sql sql = mariaDb.sql();

    private final Seed seed = new Seed(mariaDb.database());
    private volatile boolean broken;
    private Xid channel;
    private Xid billing;
    private Xid shipping;
    private BackgroundLoop loop;
    private OpsServer server;

    @BeforeEach
    void start() throws Exception {
        Registrar registrar = new Registrar(mariaDb.database());
        channel = registrar.channel("orders");
        billing = registrar.push(channel, "billing", "http://127.0.0.1/");
        shipping = registrar.push(channel, "shipping", "http://127.0.0.1/");
        seed.delivered(channel, billing, 4);
        seed.queued(channel, billing, 3);
        seed.dead(channel, billing, 2, "status-500", NOON);
        seed.dead(channel, shipping, 5, "timed-out", NOON.plusSeconds(60));
        loop = new BackgroundLoop("lease", Duration.ofMillis(10), this::pass);
        loop.start();
        server = OpsServer.start(mariaDb.database(), loop);
    }

    private boolean pass() {
        if (broken) {
            throw new IllegalStateException("The queue is on fire");
        }
        return false;
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        loop.stop();
    }

    @Test
    void requeueGivesBackAllDeadJobsOfOneConsumer() throws Exception {
        OpsServer.Answer answer = server.task("requeue", "channel", "orders", "consumer", "billing");

        assertThat(answer).isEqualTo(new OpsServer.Answer(200, "Requeued 2 dead jobs of orders/billing\n"));
        assertThat(sql.count("job")).isEqualTo(5);
        assertThat(sql.count("dead_job")).isEqualTo(5);
    }

    @Test
    void requeueGivesBackOneJobOnce() throws Exception {
        Xid job = seed.dead(channel, billing, 1, "status-500", NOON).get(0);
        String[] parameters = {"channel", "orders", "consumer", "billing", "job", job.toString()};

        assertThat(server.task("requeue", parameters).status()).isEqualTo(200);

        OpsServer.Answer again = server.task("requeue", parameters);
        assertThat(again.status()).isEqualTo(400);
        assertThat(again.text()).contains(job.toString(), "no such dead job");
    }

    @Test
    void inputThatCanNotBeUsedIsNamedWithTheWayOut() throws Exception {
        assertRefused(server.task("requeue"), "\"channel\" is missing");
        assertRefused(
                server.task("requeue", "channel", "orders", "consumer", "nobody"), "\"nobody\"", "consumers lists");
        assertRefused(server.task("requeue", "channel", "nowhere", "consumer", "x"), "\"nowhere\"", "GET /channels");
        assertRefused(
                server.task("requeue", "channel", "orders", "consumer", "billing", "job", "%"),
                "\"%\"",
                "20 characters");
        assertRefused(server.task("dead-letter-replay"), "give one or both");
        assertRefused(server.task("dead-letter-replay", "channel", "orders", "from", "noon"), "\"noon\"", "RFC 3339");
        assertRefused(server.task("dead-letter-replay", "channel", "orders", "per-second", "0"), "from 1 to");
        assertRefused(server.task("dead-letter-replay", "channel", "orders", "dry-run", "yes"), "true or false");
        assertRefused(server.task("dead-letter-replay", "channel", "orders", "reasons", "x"), "\"reasons\" is unknown");
        assertRefused(
                server.task("dead-letter-replay", "channel", "orders", "reason", "a", "reason", "b"), "give it once");
        assertThat(sql.count("dead_job")).isEqualTo(7);
    }

    @Test
    void dryRunCountsByConsumerAndReasonAndChangesNothing() throws Exception {
        OpsServer.Answer answer = server.task("dead-letter-replay", "channel", "orders", "dry-run", "true");

        assertThat(answer.text()).isEqualTo("""
                orders/billing: 2 dead of status-500
                orders/shipping: 5 dead of timed-out
                Would requeue 7 dead jobs (dry run, nothing was changed)
                """);
        assertThat(sql.count("dead_job")).isEqualTo(7);
    }

    @Test
    void replayRequeuesWhatTheFilterMeansUpToItsMaximum() throws Exception {
        OpsServer.Answer byTime =
                server.task("dead-letter-replay", "channel", "orders", "from", "2026-01-31T14:01:00+02:00", "max", "3");
        // On a slow machine a dot shows that it runs.
        assertThat(byTime.text()).endsWith("""
                orders/shipping: requeued 3
                Requeued 3 dead jobs. Stopped at "max".
                """);

        OpsServer.Answer byReason = server.task("dead-letter-replay", "consumer", "billing", "reason", "status-500");
        assertThat(byReason.text()).contains("Requeued 2 dead jobs.");
        assertThat(sql.count("dead_job")).isEqualTo(2);
    }

    @Test
    void accountingProvesThatEveryJobIsThere() throws Exception {
        assertThat(server.getAdmin("/prometheus").text()).doesNotContain("webhook_broker_unaccounted_jobs");

        assertThat(server.task("accounting").text())
                .contains("orders/billing: accepted 9 = delivered 4 + dead 2 + removed 0 + live 3")
                .endsWith("ACCOUNTED: every job of 2 consumers is where it should be\n")
                .doesNotContain("DIFFERENCE");

        assertThat(server.getAdmin("/prometheus").text()).contains("webhook_broker_unaccounted_jobs 0.0");
    }

    @Test
    void accountingFindsWhatVanishedAndWhatAppeared() throws Exception {
        for (String damage : List.of(
                "DELETE FROM job LIMIT 1",
                "DELETE FROM delivered_job LIMIT 1",
                "INSERT INTO dead_job SELECT 'abcdefghijkl', message_id, consumer_id, 1, 1, 1, 0, changed_at, '', '', 0 "
                        + "FROM dead_job WHERE reason = 'timed-out' LIMIT 1",
                "DELETE FROM message LIMIT 1")) {
            sql.execute(damage);
        }

        assertThat(server.task("accounting").text())
                .contains("DIFFERENCE orders/billing: 3 live jobs were counted, 2 are in the tables")
                .contains("DIFFERENCE orders/billing: 4 delivered jobs were counted, 3 are in the tables")
                .contains("DIFFERENCE orders/shipping: 5 dead jobs were counted, 6 are in the tables")
                .contains("DIFFERENCE orders: 14 messages were counted, 13 are in the tables")
                .endsWith("NOT ACCOUNTED: 4 jobs or messages differ\n");
        assertThat(server.getAdmin("/prometheus").text()).contains("webhook_broker_unaccounted_jobs 4.0");
    }

    @Test
    void whyTellsWhatBecameOfEachJob() throws Exception {
        Xid job = seed.dead(channel, billing, 1, "status-503", NOON).get(0);
        Xid message = mariaDb.database()
                .withHandle(handle -> handle.createQuery("SELECT message_id FROM dead_job WHERE id = ?")
                        .bind(0, job)
                        .mapTo(Xid.class)
                        .one());

        assertThat(server.task("why", "channel", "orders", "message", message.toString())
                        .text())
                .contains("Message " + message + " of channel orders, received ")
                .endsWith("orders/billing, job " + job
                        + ": DEAD since 2026-01-31T12:00:00Z, failed attempts: 7, last: status-503: seeded\n");
        assertRefused(
                server.task("why", "channel", "orders", "message", "m"), "\"message\" is \"m\"", "none of this id");
    }

    @Test
    void whyTellsThatAConsumerHasTheJobAndUntilWhen() throws Exception {
        Xid job = seed.queued(channel, billing, 1).get(0);
        Xid message = mariaDb.database().withHandle(handle -> {
            handle.execute("UPDATE job SET holder = 2147483647, changed_at = '2026-01-31 12:00:00',"
                    + " due_at = '2026-01-31 12:00:32.25'");
            return handle.createQuery("SELECT message_id FROM job WHERE id = ?")
                    .bind(0, job)
                    .mapTo(Xid.class)
                    .one();
        });
        assertThat(server.task("why", "channel", "orders", "message", message.toString())
                        .text())
                .endsWith("job " + job + ": INFLIGHT, leased by the consumer since 2026-01-31T12:00:00Z"
                        + " until 2026-01-31T12:00:32.250Z\n");
    }

    @Test
    void incarnationsAreListed() throws Exception {
        assertThat(server.task("incarnations").text())
                .contains(" test: started ", "s ago")
                .endsWith("\n1 running\n");
    }

    @Test
    void metricsOfTheContractAreOnTheApplicationPort() throws Exception {
        await().untilAsserted(() -> assertThat(server.getApplication("/metrics").text())
                .contains("# HELP queued_job_count The current number of jobs in the queue")
                .contains("# TYPE queued_job_count gauge")
                .contains("queued_job_count 3.0")
                .containsPattern("webhook_broker_oldest_undelivered_job_seconds\\{channel=\"orders\",consumer=\""
                        + billing + "\",type=\"push\"\\} \\d"));
        assertThat(server.getApplication("/metrics").text())
                .contains("# HELP dead_job_count Number of dead jobs per consumer")
                .contains("dead_job_count{channel=\"orders\",consumer=\"" + billing + "\"} 2.0")
                .contains("dead_job_count{channel=\"orders\",consumer=\"" + shipping + "\"} 5.0")
                .contains("process_cpu_seconds_total", "process_open_fds", "process_start_time_seconds");
    }

    @Test
    void adminPortAddsDropwizardsMetricsWithoutLosingItsJson() throws Exception {
        assertThat(server.getAdmin("/prometheus").text())
                .contains("webhook_broker_oldest_due_job_seconds", "jvm_memory_used_bytes")
                .containsPattern("(?m)^io_dropwizard_jetty_MutableServletContextHandler_");
        assertThat(server.getAdmin("/metrics").text()).startsWith("{");
    }

    @Test
    void failingLoopTurnsTheNodeRedUntilItWorksAgain() throws Exception {
        await().untilAsserted(() ->
                assertThat(server.getAdmin("/healthcheck").status()).isEqualTo(200));

        broken = true;
        await().untilAsserted(() -> {
            OpsServer.Answer red = server.getAdmin("/healthcheck");
            assertThat(red.status()).isEqualTo(500);
            assertThat(red.text()).contains("loop-lease", "The queue is on fire", "loop-gauges");
        });

        broken = false;
        await().untilAsserted(() ->
                assertThat(server.getAdmin("/healthcheck").status()).isEqualTo(200));
    }

    private static void assertRefused(OpsServer.Answer answer, String... parts) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).contains(parts);
    }
}
