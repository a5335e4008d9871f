package org.webhookbroker.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.webhookbroker.bench.Sink.Mood;
import org.webhookbroker.database.Xid;

/** What is measured, on one broker and after its warm-up. Each scenario has channels of its own. */
final class Scenarios {
    static final List<String> ALL = List.of("a", "j", "b", "c", "d", "i", "f", "e", "g", "h", "t");

    private static final Duration START = Duration.ofSeconds(20);
    private static final Path EVENTS = Path.of("..", "scripts", "demo-data", "github-events.ndjson");
    private static final String PAYLOAD = "\"payload\":";

    private final Stage stage;
    private final Settings settings;
    private final Report report;
    /** Messages a second of the last closed loop with one consumer. */
    private double capacity;

    Scenarios(Rig rig, Settings settings, Report report) {
        this.stage = new Stage(rig);
        this.settings = settings;
        this.report = report;
    }

    /** The first seconds of a process are measured by themselves. */
    void warmUp() throws Exception {
        try (Sink sink = new Sink(Mood.AT_ONCE)) {
            List<Broadcast> broadcasts = channel("start", 1, sink);
            Figures figures = new Figures();
            stage.throughput(figures, broadcasts, 1, sink, START);
            report.add(
                    "start",
                    "Start: the first %d s of the process, one consumer".formatted(START.toSeconds()),
                    figures);
            capacity = stage.throughput(new Figures(), broadcasts, 1, sink, settings.warmUp());
        }
    }

    void run(String letter) throws Exception {
        switch (letter) {
            case "start" -> {} // Measured already.
            case "a" -> oneConsumer();
            case "b" -> consumers("b", "Five consumers of one channel", 5);
            case "c" -> events();
            case "d" -> thousandChannels();
            case "e" -> new Backlogs(stage, report).run(settings.backlog());
            case "f" -> new Isolation(stage, report).run(settings.length());
            case "g" -> new Pruning(stage, report).run(settings.old(), settings.length());
            case "h" -> twoNodes();
            case "t" -> new Trust(stage).run(report, settings.warmUp(), settings.length());
            case "i" -> http2();
            case "j" -> halfCapacity();
            default -> throw new IllegalArgumentException("There is no scenario " + letter + ", only " + ALL);
        }
    }

    private void oneConsumer() throws Exception {
        capacity = consumers("a", "One consumer", 1);
    }

    private double consumers(String name, String title, int count) throws Exception {
        try (Sink sink = new Sink(Mood.AT_ONCE)) {
            List<Broadcast> broadcasts = channel(name, count, sink);
            Figures figures = new Figures();
            double rate = stage.throughput(figures, broadcasts, count, sink, settings.length());
            report.add(name, title, figures);
            return rate;
        }
    }

    private void events() throws Exception {
        try (Sink sink = new Sink(Mood.AT_ONCE)) {
            channel("c", 1, sink);
            List<Broadcast> broadcasts = Files.readAllLines(EVENTS).stream()
                    .map(line -> line.substring(line.indexOf(PAYLOAD) + PAYLOAD.length(), line.length() - 1))
                    .map(payload -> Broadcast.to("c", payload))
                    .toList();
            Figures figures = new Figures();
            stage.throughput(figures, broadcasts, 1, sink, settings.length());
            report.add("c", "Real GitHub events, one consumer", figures);
        }
    }

    private void thousandChannels() throws Exception {
        try (Sink sink = new Sink(Mood.AT_ONCE)) {
            List<Broadcast> broadcasts = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                broadcasts.addAll(channelUnknown("d" + i, 1, sink));
            }
            stage.awaitKnown("d999");
            Figures figures = new Figures();
            stage.throughput(figures, broadcasts, 1, sink, settings.length());
            report.add("d", "A thousand channels with one consumer each", figures);
        }
    }

    private void twoNodes() throws Exception {
        stage.rig().addNode();
        try (Sink sink = new Sink(Mood.AT_ONCE)) {
            List<Broadcast> broadcasts = channel("h", 1, sink);
            stage.throughput(new Figures(), broadcasts, 1, sink, settings.warmUp());
            Figures figures = new Figures();
            stage.throughput(figures, broadcasts, 1, sink, settings.length());
            report.add(
                    "h",
                    "Two nodes on the same cores, one consumer; the second one after a warm-up of its own",
                    figures);
        } finally {
            stage.rig().removeNode();
        }
    }

    private void http2() throws Exception {
        try (Sink sink = new Sink(Mood.AT_ONCE)) {
            channel("i", 1, sink);
            Http2Producers producers = new Http2Producers(stage.rig().node().url());
            producers.send("i", settings.warmUp().dividedBy(3));
            long before = sink.received();
            Sent sent = producers.send("i", settings.length());
            stage.drain(List.of(sink), before + sent.acknowledged());
            report.add(
                    "i",
                    "HTTP/2 in, one connection of the JDK's client, 64 requests under way",
                    new Figures()
                            .add("acknowledged/s", sent.perSecond())
                            .add("refused", (double) sent.refused())
                            .latency("ack", sent.latency()));
        }
    }

    /** An open loop without coordinated omission: the time of a message runs from when it was due, whatever held it up. */
    private void halfCapacity() throws Exception {
        int rate = (int) (capacity / 2);
        try (Sink sink = new Sink(Mood.AT_ONCE)) {
            List<Broadcast> broadcasts = channel("j", 1, sink);
            Sent sent = new Producers(stage.rig().ports(), broadcasts).at(rate, settings.length());
            stage.drain(List.of(sink), sent.acknowledged());
            report.add(
                    "j",
                    "Half of that rate, sent on schedule",
                    new Figures()
                            .add("due/s", rate)
                            .add("acknowledged/s", sent.perSecond())
                            .add("refused", (double) sent.refused())
                            .latency("ack", sent.latency())
                            .latency("end to end", sink.latency()));
        }
    }

    private List<Broadcast> channel(String name, int consumers, Sink sink) throws InterruptedException {
        List<Broadcast> broadcasts = channelUnknown(name, consumers, sink);
        stage.awaitKnown(name);
        return broadcasts;
    }

    private List<Broadcast> channelUnknown(String name, int consumers, Sink sink) {
        Xid channel = stage.channel(name);
        for (int i = 0; i < consumers; i++) {
            stage.consumer(channel, "k" + i, sink);
        }
        return List.of(Broadcast.to(name, Stage.BODY));
    }
}
