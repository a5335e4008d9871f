package org.webhookbroker.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * What is measured. Each scenario has channels of its own. If there is an earlier build, the rates and times that have a bar are measured in
 * turns with it; what is a ratio already (a thousand channels to one, two nodes to one) on each of both builds.
 */
final class Scenarios {
    /** Those that have a bar first. */
    static final List<String> ALL =
            List.of("start", "start-half", "a", "j", "b", "i", "d", "h", "k", "e", "c", "f", "g", "t", "l", "m", "h4");

    private static final Path EVENTS = Path.of("..", "scripts", "demo-data", "github-events.ndjson");
    private static final String PAYLOAD = "\"payload\":";

    private final Stages stages;
    private final Settings settings;
    private final Report report;

    Scenarios(Stages stages, Settings settings, Report report) {
        this.stages = stages;
        this.settings = settings;
        this.report = report;
    }

    /** What is registered once, and then measured as often as it is called. */
    interface Scenario {
        Callable<Figures> on(Stage stage) throws Exception;
    }

    /** The same, sent on schedule. */
    interface Scheduled {
        Callable<Figures> on(Stage stage, int perSecond) throws Exception;
    }

    /** What is measured in turns with something simpler on the same stage. */
    interface InTurns {
        Turns on(Stage stage) throws Exception;
    }

    void run(String letter) throws Exception {
        switch (letter) {
            case "start" -> compare("start", "First 20 s of a process, one consumer", Starts::closedLoop);
            case "start-half" -> half("start-half", "First minute of a process", 1, Starts::onSchedule);
            case "a" -> compare("a", "One consumer", warm(stage -> consumers(stage, "a", 1)));
            case "b" -> compare("b", "Five consumers of one channel", warm(stage -> consumers(stage, "b", 5)));
            case "c" ->
                report.add(
                        "c", "Real GitHub events, one consumer", events(warm()).call());
            case "d" ->
                onEach("d", "A thousand channels with one consumer each", "one channel", this::thousandChannels);
            case "i" -> compare("i", "HTTP/2 in", warm(this::http2));
            case "j" -> half("j", "One consumer", settings.turns(), this::onSchedule);
            case "e" -> new Backlogs(stages, settings, report).run();
            case "f" -> new Isolation(warm(), report).run(settings.length());
            case "g" -> new Pruning(warm(), report).run(settings.work().old(), settings.length());
            case "h" -> onEach("h", "Two nodes on the same cores", "one node", stage -> nodes(stage, "h", 2));
            case "h4" -> report.add("h4", "Four nodes on the same cores", nodes(warm(), "h4", 4), "one node");
            case "k" -> new Views(stages, settings, report).run();
            case "l" -> new Crowd(stages, settings, report).ofOneChannel();
            case "m" -> new Crowd(stages, settings, report).registered();
            case "t" -> new Trust(warm(), settings).run(report);
            default -> throw new IllegalArgumentException("There is no scenario " + letter + ", only " + ALL);
        }
    }

    private Stage warm() throws Exception {
        return stages.now().warmedUp(settings.warmUp());
    }

    private Scenario warm(Scenario scenario) {
        return stage -> scenario.on(stage.warmedUp(settings.warmUp()));
    }

    /** In turns with the earlier build, if there is one. */
    private void compare(String letter, String title, Scenario scenario) throws Exception {
        compare(letter, title, settings.turns(), scenario);
    }

    private void compare(String letter, String title, int turns, Scenario scenario) throws Exception {
        Callable<Figures> ours = scenario.on(stages.now());
        if (stages.earlier().isPresent()) {
            Callable<Figures> others = scenario.on(stages.earlier().get());
            report.add(letter, title, Turns.run(turns, ours, others), "earlier");
        } else {
            report.add(letter, title, ours.call());
        }
    }

    /** On schedule: both builds at half of what the slower one does, and then this one at half of what it does itself if it is the faster one. */
    private void half(String letter, String title, int turns, Scheduled scenario) throws Exception {
        int common = stages.halfRate();
        compare(
                letter,
                title + ", %,d messages/s on schedule".formatted(common),
                turns,
                stage -> scenario.on(stage, common));
        int own = stages.now().halfRate();
        if (own > common) {
            Figures figures = scenario.on(stages.now(), own).call();
            report.add(
                    letter + "-own",
                    title + ", %,d messages/s on schedule, half of its own rate".formatted(own),
                    figures);
        }
    }

    private void onEach(String letter, String title, String others, InTurns scenario) throws Exception {
        if (stages.earlier().isPresent()) {
            Stage earlier = stages.earlier().get().warmedUp(settings.warmUp());
            report.add(letter + "-earlier", title + ", earlier build", scenario.on(earlier), others);
        }
        report.add(letter, title, scenario.on(warm()), others);
    }

    private Callable<Figures> consumers(Stage stage, String name, int count) throws Exception {
        Receiver receiver = stage.receiver();
        return loop(stage, List.of(stage.channel(name, count, receiver)), count, receiver);
    }

    private Callable<Figures> loop(Stage stage, List<Broadcast> broadcasts, int copies, Receiver receiver)
            throws Exception {
        Load load = stage.load(broadcasts);
        return () -> stage.throughput(load, copies, receiver, settings.length());
    }

    private Callable<Figures> events(Stage stage) throws Exception {
        Receiver receiver = stage.receiver();
        stage.channel("c", 1, receiver);
        List<Broadcast> broadcasts = Files.readAllLines(EVENTS).stream()
                .map(line -> line.substring(line.indexOf(PAYLOAD) + PAYLOAD.length(), line.length() - 1))
                .map(payload -> Broadcast.to("c", payload))
                .toList();
        return loop(stage, broadcasts, 1, receiver);
    }

    private Turns thousandChannels(Stage stage) throws Exception {
        Receiver receiver = stage.receiver();
        List<Broadcast> broadcasts = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            broadcasts.add(stage.channelUnknown("d" + i, 1, receiver));
        }
        stage.awaitKnown("d999");
        Callable<Figures> thousand = loop(stage, broadcasts, 1, receiver);
        Callable<Figures> one = consumers(stage, "d", 1);
        return Turns.run(settings.turns(), thousand, one);
    }

    private Turns nodes(Stage stage, String name, int count) throws Exception {
        Receiver receiver = stage.receiver();
        List<Broadcast> broadcasts = List.of(stage.channel(name, 1, receiver));
        Load one = stage.load(broadcasts);
        List<Integer> others = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            others.add(stage.rig().addNode().port());
        }
        stage.awaitKnown(name);
        Load warmUp = stage.tools().producers(others, broadcasts);
        stage.throughput(warmUp, 1, receiver, settings.warmUp().multipliedBy(count / 2));
        Load all = stage.load(broadcasts);
        return Turns.run(
                settings.turns(),
                () -> stage.throughput(all, 1, receiver, settings.length()),
                () -> stage.throughput(one, 1, receiver, settings.length()));
    }

    private Callable<Figures> http2(Stage stage) throws Exception {
        Receiver receiver = stage.receiver();
        stage.channel("i", 1, receiver);
        Load load = stage.tools().http2(stage.rig().node(), "i");
        stage.throughput(load, 1, receiver, settings.length());
        return () -> stage.throughput(load, 1, receiver, settings.length());
    }

    private Callable<Figures> onSchedule(Stage stage, int rate) throws Exception {
        Receiver receiver = stage.receiver();
        Broadcast broadcast = stage.channel("j-" + rate, 1, receiver);
        int port = stage.rig().node().port();
        stage.rehearseSchedule(broadcast, rate, receiver);
        return () -> stage.onSchedule(port, broadcast, rate, receiver, settings.length());
    }
}
