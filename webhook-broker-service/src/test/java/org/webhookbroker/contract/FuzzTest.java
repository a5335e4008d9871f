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
final class FuzzTest {
    private static final int REQUESTS = Integer.getInteger("fuzz.requests", 20_000);
    private static final int BATCH = 250;
    private static final int CONNECTIONS = 4;

    @RegisterExtension
    static final ContractBroker contract =
            new ContractBroker("retry.maxRetries=0", "dispatch.breakerThreshold=0", "dispatch.deliveryTimeout=2s");

    private record Exchanged(FuzzRequest request, List<Answer> answers) {
        boolean mayHaveChanged() {
            return request.mayHaveChanged(answers);
        }
    }

    private final ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    private final List<FuzzConnection> connections = new ArrayList<>();
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    /** As of the last request; empty after one that changed something. */
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
        // Else the generator has lost its aim, and the test says nothing.
        assertThat(changing).isGreaterThan(REQUESTS / 200);
        assertThat(statuses).containsKeys(200, 201, 301, 307, 400, 401, 403, 404, 405, 412, 415);
        assertThat(contract.client().get("/_status").status()).isEqualTo(200);
    }

    /**
     * Refused requests that shared their batch with one that changed something are sent again without it, so that each is
     * checked among its like.
     */
    private int check(Fingerprint fingerprint, List<FuzzRequest> batch) throws Exception {
        int changing = 0;
        List<FuzzRequest> left = batch;
        for (int round = 0; round < 5 && !left.isEmpty(); round++) {
            if (known.isEmpty()) {
                known = fingerprint.takeAtRest();
            }
            List<Exchanged> exchanged = exchange(left);
            long changed = exchanged.stream().filter(Exchanged::mayHaveChanged).count();
            if (changed == 0) {
                if (!fingerprint.take().equals(known)) {
                    throw new AssertionError(culprit(fingerprint, left, known));
                }
                return changing;
            }
            known = Map.of();
            changing += round == 0 ? (int) changed : 0;
            left = exchanged.stream()
                    .filter(one -> !one.mayHaveChanged())
                    .map(Exchanged::request)
                    .toList();
        }
        return changing;
    }

    /** One by one, to name the one. */
    private String culprit(Fingerprint fingerprint, List<FuzzRequest> batch, Map<String, Long> first) throws Exception {
        Map<String, Long> now = fingerprint.takeAtRest();
        String tables = first + " became " + now;
        for (FuzzRequest request : batch) {
            Map<String, Long> before = fingerprint.take();
            List<Answer> answers = connections.get(0).exchange(request);
            if (!fingerprint.take().equals(before)) {
                return "A refused request changed something: " + request + "\nanswers: " + answers + "\n" + tables;
            }
        }
        return "Some refused request changed something, only once: " + tables + "\n" + batch;
    }

    private List<Exchanged> exchange(List<FuzzRequest> requests) throws Exception {
        List<Future<List<Exchanged>>> running = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            int lane = i;
            running.add(threads.submit(() -> IntStream.range(0, requests.size())
                    .filter(n -> n % CONNECTIONS == lane)
                    .mapToObj(requests::get)
                    .map(request -> new Exchanged(request, connections.get(lane).exchange(request)))
                    .toList()));
        }
        List<Exchanged> all = new ArrayList<>();
        for (Future<List<Exchanged>> lane : running) {
            all.addAll(lane.get());
        }
        all.forEach(this::check);
        return all;
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
        contract.message(channel, "m1");
        contract.message(channel, "m2");
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
