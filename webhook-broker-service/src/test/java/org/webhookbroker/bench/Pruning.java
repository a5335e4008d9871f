package org.webhookbroker.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.testing.ApiClient;

/** What producers notice while old messages are archived and deleted. */
final class Pruning {
    private static final Duration AGE = Duration.ofDays(40);

    private final Stage stage;
    private final Report report;

    Pruning(Stage stage, Report report) {
        this.stage = stage;
        this.report = report;
    }

    void run(int old, Duration length) throws Exception {
        Receiver sink = stage.receiver();
        Xid channel = stage.registrar().channel("g");
        Xid consumer = stage.registrar().push(channel, "k", sink.url());
        stage.awaitKnown("g");
        new Rows(stage.rig().database(), channel, consumer, AGE).delivered(old);
        Producers producers = new Producers(stage.rig().ports(), List.of(Broadcast.to("g", Stage.BODY)));
        Sent unused = producers.asFastAsTheyCan(length);
        Sent without = producers.asFastAsTheyCan(length);
        long start = System.nanoTime();
        CompletableFuture<String> task = CompletableFuture.supplyAsync(this::prune);
        try {
            Sent with = producers.asFastAsTheyCan(length.multipliedBy(3));
            boolean finished = task.isDone();
            double pruned = archived(channel) / ((System.nanoTime() - start) / 1e9);
            report.add(
                    "g",
                    "Pruning of %,d messages of 1 KB to a local folder under load, %s"
                            .formatted(old, finished ? "finished meanwhile" : "under way all the time"),
                    new Figures()
                            .add("acknowledged/s, without", without.perSecond())
                            .add("acknowledged/s, with", with.perSecond())
                            .add("with / without", with.perSecond() / without.perSecond())
                            .add("slowest second, without", without.slowestSecond())
                            .add("slowest second, with", with.slowestSecond())
                            .add("pruned/s", pruned)
                            .latency("ack, without", without.latency())
                            .latency("ack, with", with.latency()));
        } finally {
            // What it still has to do would disturb the next scenario.
            task.join();
        }
    }

    private String prune() {
        return new ApiClient(stage.rig().node().adminUrl()).post("/tasks/prune");
    }

    private long archived(Xid channel) {
        return stage.rig()
                .database()
                .withHandle(handle -> new TallyStore().of(handle, channel))
                .archived();
    }
}
