package org.webhookbroker.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.webhookbroker.testing.ApiClient;

/** A pull consumer that leases from each node in turn, notes in the ledger what it got, and goes on whatever the answers are. */
final class PullWorker implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** A node that is about to stop may never be asked about what it leased: then others get it after this. */
    private static final String LEASE = "{\"Limit\":100,\"WaitSeconds\":1,\"LeaseSeconds\":10}";

    private final Cluster cluster;
    private final Ledger ledger;
    private final String name;
    private final Thread thread;
    private volatile boolean closed;

    PullWorker(Cluster cluster, Ledger ledger, String name) {
        this.cluster = cluster;
        this.ledger = ledger;
        this.name = name;
        this.thread = new Thread(this::work, "pull-worker");
        thread.setDaemon(true);
        thread.start();
    }

    private void work() {
        for (int turn = 0; !closed; turn++) {
            try {
                List<String> receipts = lease(cluster.api(turn % Cluster.NODES));
                if (!receipts.isEmpty()) {
                    settle(turn, receipts);
                }
            } catch (CompletionException nodeIsAway) {
                // The next turn is that of the other one.
            }
        }
    }

    private List<String> lease(ApiClient api) {
        List<String> receipts = new ArrayList<>();
        for (JsonNode job :
                result(api.jobs(Cluster.CHANNEL, name, "lease", LEASE).join())) {
            ledger.delivered(
                    name,
                    job.path("Message").path("MessageID").asText(),
                    job.path("PossibleDuplicate").asBoolean());
            receipts.add(job.path("Receipt").asText());
        }
        return receipts;
    }

    /** By another node than the one that leased, as receipts hold everywhere; once that one is away, by the one that leased. */
    private void settle(int turn, List<String> receipts) {
        String acks = "{\"Acks\":[\"" + String.join("\",\"", receipts) + "\"]}";
        if (!settled(turn + 1, acks)) {
            boolean unused = settled(turn, acks);
        }
    }

    private boolean settled(int turn, String acks) {
        return cluster.api(turn % Cluster.NODES)
                .jobs(Cluster.CHANNEL, name, "settle", acks)
                .handle((answer, lost) -> lost == null && answer.statusCode() == 200)
                .join();
    }

    private static JsonNode result(HttpResponse<String> answer) {
        try {
            return answer.statusCode() == 200 ? JSON.readTree(answer.body()).path("Result") : JSON.createArrayNode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
