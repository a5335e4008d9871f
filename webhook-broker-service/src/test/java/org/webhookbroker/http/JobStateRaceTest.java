package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.Job;
import org.webhookbroker.job.JobReads;
import org.webhookbroker.job.JobState;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.testing.MariaDbExtension;

/** Changes of state at the same time: one of them wins, and every job is accounted for. */
@Tag("slow")
final class JobStateRaceTest extends JobStateFixture {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    /** G4: one of many workers that saw the same job gets it. With a timeout the others are told so, whenever they came. */
    @Test
    @Tag("G4")
    void oneOfManyTakesAJob() throws Exception {
        for (String from : List.of("QUEUED", "DEAD", "QUEUED", "DEAD")) {
            String job = jobIn(from);
            AtomicInteger timeouts = new AtomicInteger();
            List<Integer> won = together(12, () -> {
                int timeout = timeouts.incrementAndGet();
                String body = "{\"NextState\":\"INFLIGHT\",\"IncrementalTimeout\":" + timeout + "}";
                return client.change(job, body).statusCode() == 202 ? timeout : 0;
            });
            List<Integer> winners = won.stream().filter(timeout -> timeout > 0).toList();
            assertThat(winners).hasSize(1);
            assertThat(rows(job)).contains("timeout=" + winners.get(0) + " ");
            assertThat(rows(job)).contains("attempts=" + (from.equals("DEAD") ? 1 : 0));
        }
        assertAccounted();
    }

    @Test
    @Tag("G4")
    void oneOfManyEndsAJob() throws Exception {
        String job = jobIn("INFLIGHT");
        List<String> ends = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ends.add("DELIVERED");
            ends.add("DEAD");
        }
        CyclicBarrier start = new CyclicBarrier(ends.size());
        ExecutorService executor = Executors.newFixedThreadPool(ends.size());
        try {
            List<Future<Integer>> answers = ends.stream()
                    .map(end -> executor.submit(() -> {
                        start.await();
                        return client.move(job, end).statusCode();
                    }))
                    .toList();
            for (Future<Integer> answer : answers) {
                assertThat(answer.get()).isIn(202, 400);
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(client.state(job)).isIn("DELIVERED", "DEAD");
        assertAccounted();
    }

    /** The jobs of a consumer end after its removal: a job that is taken again meanwhile would belong to nobody for ever. */
    @Test
    @Tag("G2")
    void aDeadJobIsNotTakenAgainWhileItsConsumerIsBeingRemoved() {
        String job = jobIn("DEAD");
        Job dead =
                new JobReads(node.database).find(Xid.parse(job).orElseThrow()).orElseThrow();
        node.database.inTransaction(handle -> {
            handle.execute("UPDATE registry_version SET version = version + 1");
            return handle.execute("DELETE FROM consumer");
        });

        assertThat(node.pull.transitions().move(consumer, dead, JobState.INFLIGHT, 0))
                .isFalse();

        assertThat(rows(job)).startsWith("dead");
    }

    /** G2: whatever the clients did, all jobs are accounted for. */
    @Test
    @Tag("G2")
    void everyJobIsAccountedForAfterARandomWalk() {
        Random random = new Random(7);
        List<String> jobs = new ArrayList<>();
        IntStream.range(0, 20).forEach(i -> jobs.add(client.broadcast("w" + i, i % 3)));
        List<String> states = List.of("QUEUED", "INFLIGHT", "DELIVERED", "DEAD");
        for (int step = 0; step < 300; step++) {
            String job = jobs.get(random.nextInt(jobs.size()));
            switch (random.nextInt(8)) {
                case 0 -> client.post("job/" + job + "/requeue-dead-job", "");
                case 1 -> client.letLeasesPass();
                case 2 -> client.lease("{\"Limit\":2}");
                default -> client.move(job, states.get(random.nextInt(4)));
            }
        }
        assertAccounted();
        TallyStore.Totals totals = totals();
        assertThat(totals.accepted()).isEqualTo(20);
        assertThat(totals.delivered() + totals.dead() + totals.live()).isEqualTo(20);
    }

    /** Until its next heartbeat begins another incarnation: the jobs of a dead one may be counted elsewhere. */
    @Test
    void aNodeThatWasTakenForDeadChangesNothingAndAsksToRepeat() {
        String job = jobIn("INFLIGHT");
        mariaDb.sql().execute("UPDATE incarnation SET ended = TRUE");
        HttpResponse<String> answer = client.move(job, "DELIVERED");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(client.state(job)).isEqualTo("INFLIGHT");
    }

    private static List<Integer> together(int threads, Callable<Integer> work) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier start = new CyclicBarrier(threads);
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(executor.submit(() -> {
                    start.await();
                    return work.call();
                }));
            }
            List<Integer> results = new ArrayList<>();
            for (Future<Integer> each : running) {
                results.add(each.get());
            }
            return results;
        } finally {
            executor.shutdownNow();
        }
    }
}
