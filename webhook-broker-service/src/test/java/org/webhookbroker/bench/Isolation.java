package org.webhookbroker.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.webhookbroker.bench.Sink.Mood;
import org.webhookbroker.database.Xid;

/** Seventeen healthy consumers, alone and then beside one that hangs, one that fails and one that is slow; as many messages to each. */
final class Isolation {
    private static final int HEALTHY = 17;
    private static final int PER_SECOND = 50;

    private final Stage stage;
    private final Report report;

    Isolation(Stage stage, Report report) {
        this.stage = stage;
        this.report = report;
    }

    void run(Duration length) throws Exception {
        List<Sink> healthy = new ArrayList<>();
        List<Broadcast> toHealthy = new ArrayList<>();
        for (int i = 0; i < HEALTHY; i++) {
            healthy.add(new Sink(Mood.AT_ONCE));
            toHealthy.add(channel("f-healthy-" + i, healthy.get(i)));
        }
        List<Sink> bad =
                Stream.of(Mood.HANGING, Mood.FAILING, Mood.SLOW).map(Sink::new).toList();
        List<Broadcast> toAll = new ArrayList<>(toHealthy);
        List<Xid> badConsumers = new ArrayList<>();
        for (int i = 0; i < bad.size(); i++) {
            Xid channel = stage.registrar().channel("f-bad-" + i);
            badConsumers.add(stage.registrar().push(channel, "k", bad.get(i).url()));
            toAll.add(Broadcast.to("f-bad-" + i, Stage.BODY));
        }
        stage.awaitKnown("f-bad-2");
        try {
            measure(toHealthy, toAll, length, healthy);
        } finally {
            // Or their retries would go on in the next scenario.
            badConsumers.forEach(consumer -> stage.registrar().becomes(consumer, false));
            Stream.concat(healthy.stream(), bad.stream()).forEach(Sink::close);
        }
    }

    private void measure(List<Broadcast> toHealthy, List<Broadcast> toAll, Duration length, List<Sink> healthy)
            throws InterruptedException {
        Figures figures = new Figures();
        send(toHealthy, length.dividedBy(4));
        double alone = measure(figures, "alone", toHealthy, length, healthy);
        send(toAll, length);
        double beside = measure(figures, "beside the bad", toAll, length, healthy);
        figures.add("throughput of the healthy, beside / alone", beside / alone);
        report.add("f", "Isolation: %d healthy consumers, %d messages/s each".formatted(HEALTHY, PER_SECOND), figures);
    }

    private double measure(
            Figures figures, String when, List<Broadcast> broadcasts, Duration length, List<Sink> healthy)
            throws InterruptedException {
        Stage.together(healthy);
        long before = Stage.received(healthy);
        send(broadcasts, length);
        double rate = (Stage.received(healthy) - before) / (double) length.toSeconds();
        figures.add("healthy deliveries/s, " + when, rate)
                .latency("healthy end to end, " + when, Stage.together(healthy));
        return rate;
    }

    private void send(List<Broadcast> broadcasts, Duration length) {
        Sent unused = new Producers(stage.rig().ports(), broadcasts).at(PER_SECOND * broadcasts.size(), length);
    }

    private Broadcast channel(String name, Sink sink) {
        return stage.channelUnknown(name, 1, sink);
    }
}
