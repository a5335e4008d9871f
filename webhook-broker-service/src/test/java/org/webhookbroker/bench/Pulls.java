package org.webhookbroker.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.ApiClient;

/** A pull consumer that leases jobs which wait in the database, and settles them. */
final class Pulls {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int LIMIT = 100;

    private final ApiClient api;
    private final String channel;

    /** @param jobs that wait for it */
    Pulls(Stage stage, String channel, int jobs) throws InterruptedException {
        this.api = new ApiClient(stage.rig().node().url());
        this.channel = channel;
        Xid id = stage.registrar().channel(channel);
        Xid consumer = stage.registrar().pull(id, "k");
        stage.awaitKnown(channel);
        new Rows(stage.rig().database(), id, consumer, Duration.ofHours(1)).queued(jobs);
    }

    Figures take(int jobs) throws Exception {
        Histogram lease = new Histogram(3);
        Histogram settle = new Histogram(3);
        for (int left = jobs; left > 0; left -= LIMIT) {
            long start = System.nanoTime();
            List<String> receipts =
                    ask("lease", Map.of("Limit", Math.min(left, LIMIT))).findValuesAsText("Receipt");
            long leased = System.nanoTime();
            JsonNode unused = ask("settle", Map.of("Acks", receipts));
            lease.recordValue((leased - start) / 1000);
            settle.recordValue((System.nanoTime() - leased) / 1000);
        }
        return new Figures().latency("lease", lease).latency("settle", settle);
    }

    private JsonNode ask(String what, Map<String, ?> request) throws Exception {
        String json = JSON.writeValueAsString(request);
        return JSON.readTree(api.jobs(channel, "k", what, json).get().body());
    }
}
