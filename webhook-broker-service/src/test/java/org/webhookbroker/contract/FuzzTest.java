package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Behavior;

/**
 * G12 by brute force: whatever is sent, it is answered, never by a 5xx but the documented ones, and what was refused has
 * changed nothing. {@code -Dfuzz.seed=N} repeats a run, {@code -Dfuzz.requests=N} makes it longer.
 */
@Tag("G12")
@Tag("slow")
final class FuzzTest {
    private static final int REQUESTS = Integer.getInteger("fuzz.requests", 20_000);
    private static final int BATCH = 250;
    private static final int CONNECTIONS = 4;

    @RegisterExtension
    static final ContractBroker contract =
            new ContractBroker("retry.maxRetries=0", "dispatch.breakerThreshold=0", "dispatch.deliveryTimeout=2s");

    private record Exchanged(FuzzRequest request, List<Answer> answers) {}

    private final ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    private final List<FuzzConnection> connections = new ArrayList<>();
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    /** What all tables hold, as of the last request that was allowed to change it. */
    private Map<String, Long> known = Map.of();

    @Test
    void badInputGetsAClearAnswerAndChangesNothing() throws Exception {
        long seed = Long.getLong("fuzz.seed", System.nanoTime() % 1_000_000);
        System.out.printf("Fuzzing with -Dfuzz.seed=%d -Dfuzz.requests=%d%n", seed, REQUESTS);
        FuzzGenerator generator = generator(seed);
        IntStream.range(0, CONNECTIONS)
                .forEach(i ->
                        connections.add(new FuzzConnection(contract.broker().port())));
        int changing = 0;
        try (Connection connection = contract.mariaDb().connect()) {
            Fingerprint fingerprint = new Fingerprint(connection);
            known = fingerprint.takeAtRest();
            for (int start = 0; start < REQUESTS; start += BATCH) {
                List<FuzzRequest> batch = IntStream.range(start, start + BATCH)
                        .mapToObj(generator::request)
                        .toList();
                changing += check(fingerprint, batch);
            }
        } finally {
            connections.forEach(FuzzConnection::close);
            threads.shutdownNow();
        }
        System.out.printf("Fuzzed: %d requests changed something; answers by status: %s%n", changing, statuses);
        // With fewer the generator has lost its aim, and the test says nothing.
        assertThat(changing).isGreaterThan(REQUESTS / 200);
        assertThat(statuses).containsKeys(200, 201, 301, 307, 400, 401, 403, 404, 405, 412, 415);
        assertThat(contract.client().get("/_status").status()).isEqualTo(200);
    }

    /** Reads side by side, as none of them may change anything; then the others one by one, so that each answers for itself. */
    private int check(Fingerprint fingerprint, List<FuzzRequest> batch) throws Exception {
        List<FuzzRequest> reads = batch.stream().filter(FuzzRequest::reads).toList();
        exchange(reads);
        if (hasChanged(fingerprint)) {
            throw new AssertionError("One of these changed something: " + reads);
        }
        int changing = 0;
        for (FuzzRequest request : batch) {
            if (!request.reads()) {
                Exchanged exchanged = new Exchanged(request, connections.get(0).exchange(request));
                check(exchanged);
                if (request.mayHaveChanged(exchanged.answers())) {
                    changing++;
                    known = fingerprint.takeAtRest();
                } else if (hasChanged(fingerprint)) {
                    throw new AssertionError("Refused, it changed something: " + exchanged + "\n" + known + "\nbecame "
                            + fingerprint.take());
                }
            }
        }
        return changing;
    }

    private boolean hasChanged(Fingerprint fingerprint) throws SQLException {
        return fingerprint.touched() && !fingerprint.take().equals(known);
    }

    private void exchange(List<FuzzRequest> requests) throws Exception {
        List<Future<List<Exchanged>>> running = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            int lane = i;
            running.add(threads.submit(() -> IntStream.range(0, requests.size())
                    .filter(n -> n % CONNECTIONS == lane)
                    .mapToObj(requests::get)
                    .map(request -> new Exchanged(request, connections.get(lane).exchange(request)))
                    .toList()));
        }
        for (Future<List<Exchanged>> lane : running) {
            lane.get().forEach(this::check);
        }
    }

    private void check(Exchanged exchanged) {
        for (Answer answer : exchanged.answers()) {
            statuses.merge(answer.status(), 1, Integer::sum);
            boolean broken = exchanged.request().damaged() && answer.body().equals("body could not be read");
            boolean busy =
                    answer.status() == 503 && answer.header("Retry-After").equals("1");
            if (answer.status() >= 500 && !broken && !busy) {
                throw new AssertionError(answer + " to " + exchanged.request());
            }
            if (answer.header("X-Request-ID").isEmpty()) {
                throw new AssertionError("No X-Request-ID: " + answer + " to " + exchanged.request());
            }
            if (answer.status() >= 400 && !answer.header("Content-Type").equals("text/plain; charset=utf-8")) {
                throw new AssertionError("Not plain text: " + answer + " to " + exchanged.request());
            }
        }
    }

    private static FuzzGenerator generator(long seed) throws SQLException {
        String channel = contract.channel();
        String callback = contract.consumers().url("/ok");
        contract.consumers().withoutRecording();
        String dying = contract.push(channel, "dying", Behavior.status(500));
        String pull = contract.pull(channel, "pull");
        for (int i = 1; i <= 10; i++) {
            contract.awaitStates(contract.message(channel, "m" + i), "QUEUED", "DEAD");
        }
        String job = contract.deadJob(dying);
        contract.makePull(dying);
        String id = channel.substring("/channel/".length());
        return new FuzzGenerator(
                seed,
                contract.broker().routes(),
                Map.of(
                        "channelId", List.of(id, id, id, "unknown"),
                        "producerId", List.of("p1", "p1", "unknown"),
                        "consumerId", List.of("dying", pull.substring(pull.lastIndexOf('/') + 1), "unknown"),
                        "messageId", List.of("m1", "m2", "unknown"),
                        "jobId", List.of(job.substring(job.lastIndexOf('/') + 1), "00000000000000000000", "x")),
                List.of(
                        callback,
                        callback,
                        "foo:bar",
                        "",
                        "/relative",
                        "http://h:port/",
                        "http://a b/",
                        "x".repeat(5000)));
    }
}
