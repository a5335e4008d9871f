package org.webhookbroker.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** What producers notice of a process that has just started: one more node, which gets all the load from its first second on. */
final class Starts {
    private static final Duration FIRST = Duration.ofSeconds(20);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private Starts() {}

    static Callable<Figures> closedLoop(Stage stage) throws Exception {
        Receiver receiver = stage.receiver();
        List<Broadcast> broadcasts = List.of(stage.channel("start", 1, receiver));
        return () -> onNewNode(
                stage,
                port -> stage.throughput(stage.tools().producers(List.of(port), broadcasts), 1, receiver, FIRST));
    }

    static Callable<Figures> onSchedule(Stage stage, int rate) throws Exception {
        Receiver receiver = stage.receiver();
        Broadcast broadcast = stage.channel("start-" + rate, 1, receiver);
        stage.rehearseSchedule(broadcast, rate, receiver);
        return () -> onNewNode(stage, port -> stage.onSchedule(port, broadcast, rate, receiver, MINUTE));
    }

    private interface Measurement {
        Figures at(int port) throws Exception;
    }

    private static Figures onNewNode(Stage stage, Measurement measurement) throws Exception {
        long start = System.nanoTime();
        int port = stage.rig().addNode().port();
        double seconds = (System.nanoTime() - start) / 1e9;
        try {
            return measurement.at(port).add("seconds until it serves", seconds);
        } finally {
            stage.rig().removeAdded();
        }
    }
}
