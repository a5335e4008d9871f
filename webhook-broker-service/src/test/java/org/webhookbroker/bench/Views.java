package org.webhookbroker.bench;

import java.io.Closeable;
import java.time.Duration;
import java.util.List;

/**
 * What an open read view costs: deliveries to five consumers, and leases of a pull consumer, on a database that has one open for the whole time,
 * in turns with a second broker that has a database without one.
 */
@SuppressWarnings("try") // The view does its work by being open.
final class Views {
    private static final int CONSUMERS = 5;
    private static final int TENTHS = 10;
    /** For the pull consumer, in each tenth. */
    private static final int PULLED = 6_400;

    private static final String RATE = "deliveries/s";

    private final Stages stages;
    private final Settings settings;
    private final Report report;

    Views(Stages stages, Settings settings, Report report) {
        this.stages = stages;
        this.settings = settings;
        this.report = report;
    }

    void run() throws Exception {
        try (Stage plain = stages.another().warmedUp(settings.warmUp())) {
            Side without = Side.of(plain);
            Side with = Side.of(stages.now().warmedUp(settings.warmUp()));
            Duration shortly = settings.length().dividedBy(2);
            Turns before = Turns.run(2, () -> with.push(shortly), () -> without.push(shortly));
            double seconds = settings.work().viewed() / before.others().get(RATE);
            Duration tenth = Duration.ofSeconds(Math.max(1, Math.round(seconds / TENTHS)));
            try (Closeable view = stages.now().rig().openReadView()) {
                Turns pull = Turns.run(TENTHS, with::pull, without::pull);
                Turns push = Turns.run(TENTHS, () -> with.push(tenth), () -> without.push(tenth));
                report.add("k", "Five consumers while a read view is open", push, "no view");
                report.add("k-pull", "Leases of 100 jobs by a pull consumer while it is open", pull, "no view");
                report.add("k-tenths", "% of what the broker without a view does", tenths(before, push, pull));
            }
        }
    }

    private static Figures tenths(Turns before, Turns push, Turns pull) {
        // Two processes of one build are not equally fast.
        double unequal = before.ratio(RATE);
        Figures figures = new Figures().add("before the view", 100 * unequal);
        List<Double> ratios = push.ratios(RATE);
        List<Double> leases = pull.ratios("lease p50 ms");
        for (int i = 0; i < TENTHS; i++) {
            figures.add("tenth %d, deliveries/s, of before".formatted(i + 1), 100 * ratios.get(i) / unequal)
                    .add("tenth %d, time of a lease".formatted(i + 1), 100 * leases.get(i));
        }
        return figures;
    }

    private record Side(Stage stage, Receiver receiver, Load load, Pulls pulls) {
        static Side of(Stage stage) throws Exception {
            Receiver receiver = stage.receiver();
            Load load = stage.load(List.of(stage.channel("k", CONSUMERS, receiver)));
            return new Side(stage, receiver, load, new Pulls(stage, "k-pull", TENTHS * PULLED));
        }

        Figures push(Duration length) throws Exception {
            return stage.throughput(load, CONSUMERS, receiver, length);
        }

        Figures pull() throws Exception {
            return pulls.take(PULLED);
        }
    }
}
