package org.webhookbroker.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.webhookbroker.database.Xid;

/** How fast the broker delivers jobs that wait in the database, and takes new messages beside them, the more of them there are. */
final class Backlogs {
    /** Hundredths of the largest backlog: at first little more waits than is delivered meanwhile. */
    private static final List<Integer> HUNDREDTHS = List.of(0, 10, 50, 100);
    /** Deliveries of one measurement, after those in which the broker begins. */
    private static final int MEASURED = 60_000;

    private static final int BEGIN = 10_000;
    private static final int AT_LEAST = MEASURED + 2 * BEGIN;

    private static final String RATE = "jobs/s";

    private final Stages stages;
    private final Settings settings;
    private final Report report;

    Backlogs(Stages stages, Settings settings, Report report) {
        this.stages = stages;
        this.settings = settings;
        this.report = report;
    }

    /** On a database of its own, since it leaves millions of rows. */
    void run() throws Exception {
        try (Stage stage = stages.another()) {
            measure(stage.warmedUp(settings.warmUp()));
        }
        stages.deleteOthers();
    }

    private void measure(Stage stage) throws Exception {
        Receiver receiver = stage.receiver();
        Load load = stage.load(List.of(stage.channel("e-new", 1, receiver)));
        Backlog backlog = new Backlog(stage);
        backlog.fill(AT_LEAST);
        Figures unused = backlog.drain();
        Figures first = new Figures();
        for (int hundredths : HUNDREDTHS) {
            long waiting = Math.max(AT_LEAST, settings.work().backlog() / 100L * hundredths);
            Figures figures = new Figures().add("rows written/s", backlog.fill(waiting));
            List<Figures> drained = new ArrayList<>();
            for (int i = 0; i < settings.turns(); i++) {
                backlog.fill(waiting);
                drained.add(backlog.drain());
            }
            Figures.medians(drained).values().forEach(figures::add);
            Figures intake =
                    stage.throughput(load, 1, receiver, settings.length().dividedBy(2));
            figures.add("new messages/s beside", intake.get("acknowledged/s"));
            if (hundredths == 0) {
                first = figures;
            }
            figures.add("% of the jobs/s with few", 100 * figures.get(RATE) / first.get(RATE));
            report.add("e-" + hundredths, "Backlog: %,d jobs wait".formatted(waiting), figures);
        }
    }

    /** Of one consumer, which pulls, and does nothing, unless it is drained. */
    private static final class Backlog {
        private final Stage stage;
        private final Receiver receiver;
        private final Xid consumer;
        private final Rows rows;
        private long written;

        Backlog(Stage stage) throws Exception {
            this.stage = stage;
            this.receiver = stage.receiver();
            Xid channel = stage.registrar().channel("e");
            this.consumer = stage.registrar().pull(channel, "k", receiver.url());
            this.rows = new Rows(stage.rig().database(), channel, consumer, Duration.ofHours(1));
            stage.awaitKnown("e");
        }

        long left() {
            return written - receiver.received();
        }

        /** @return rows a second; none if as many wait already */
        double fill(long waiting) {
            int missing = (int) Math.max(0, waiting - left());
            long start = System.nanoTime();
            rows.queued(missing);
            written += missing;
            return missing / ((System.nanoTime() - start) / 1e9);
        }

        /** How soon the node reads the registry, and has the first jobs, is another question. */
        Figures drain() throws Exception {
            long before = receiver.received();
            stage.registrar().becomes(consumer, true);
            stage.drain(List.of(receiver), before + BEGIN);
            Meter start = Meter.read(stage.rig());
            long first = receiver.received();
            stage.drain(List.of(receiver), first + MEASURED);
            Meter end = Meter.read(stage.rig());
            long count = receiver.received() - first;
            stage.registrar().becomes(consumer, false);
            TimeUnit.SECONDS.sleep(2); // Until it has given back what it holds.
            return new Figures()
                    .add(RATE, count / end.secondsSince(start))
                    .add("CPU us a job, broker", (double) (end.brokerMicros() - start.brokerMicros()) / count)
                    .add("CPU us a job, database", (double) (end.databaseMicros() - start.databaseMicros()) / count);
        }
    }
}
