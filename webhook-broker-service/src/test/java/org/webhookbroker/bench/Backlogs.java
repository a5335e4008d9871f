package org.webhookbroker.bench;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.webhookbroker.database.Xid;

/** How fast the broker delivers jobs that wait in the database: of a small backlog and of a large one. */
final class Backlogs {
    private static final int FEW = 10_000;
    /** How many deliveries of a larger backlog are measured. What is left of it is then deleted, so that it does not disturb the next scenario. */
    private static final int MEASURED = 200_000;

    private final Stage stage;
    private final Report report;

    Backlogs(Stage stage, Report report) {
        this.stage = stage;
        this.report = report;
    }

    void run(int many) throws Exception {
        drained("e-warm-up", FEW);
        double few = drained("e-few", FEW);
        double all = drained("e-many", many);
        report.add(
                "e",
                "Backlog: %,d jobs, and %,d, drained".formatted(FEW, many),
                new Figures()
                        .add("few waiting, jobs/s", few)
                        .add("many waiting, jobs/s", all)
                        .add("many / few", all / few)
                        .add("heap MiB", Meter.heap(stage.rig())));
    }

    private double drained(String name, int count) throws Exception {
        Receiver sink = stage.receiver();
        Xid channel = stage.registrar().channel(name);
        Xid consumer = stage.registrar().pull(channel, "k", sink.url());
        stage.awaitKnown(name);
        new Rows(stage.rig().database(), channel, consumer).queued(count);
        stage.registrar().becomes(consumer, true);
        // From the first delivery on: how soon the node reads the registry again is another question.
        stage.drain(List.of(sink), 1);
        long start = System.nanoTime();
        long measured = Math.min(count, MEASURED);
        stage.drain(List.of(sink), measured);
        double rate = measured / ((System.nanoTime() - start) / 1e9);
        stage.registrar().becomes(consumer, false);
        TimeUnit.SECONDS.sleep(3);
        return rate;
    }
}
