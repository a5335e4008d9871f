package org.webhookbroker.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** What is measured. Each scenario has channels of its own. Some are measured in turns with an earlier build, if there is one. */
final class Scenarios {
    /** The last one needs the most memory. */
    static final List<String> ALL =
            List.of("start", "a", "j", "b", "c", "d", "i", "f", "e", "g", "k", "t", "h", "l", "h4", "m");

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

    void run(String letter) throws Exception {
        Starts starts = new Starts(stages);
        switch (letter) {
            case "start" -> {
                compare("start", "First 20 s of a process, one consumer", starts::closedLoop);
                compare("start-half", "First minute of a process, half of the warm rate on schedule", starts::half);
            }
            case "a" -> compare("a", "One consumer", warm(stage -> consumers(stage, "a", 1)));
            case "b" -> compare("b", "Five consumers of one channel", warm(stage -> consumers(stage, "b", 5)));
            case "c" -> compare("c", "Real GitHub events, one consumer", warm(this::events));
            case "d" -> thousandChannels();
            case "i" -> compare("i", "HTTP/2 in", warm(this::http2));
            case "j" -> compare("j", "Half of that rate, sent on schedule", warm(this::onSchedule));
            case "e" -> new Backlogs(warm(), report).run(settings.work().backlog());
            case "f" -> new Isolation(warm(), report).run(settings.length());
            case "g" -> new Pruning(warm(), report).run(settings.work().old(), settings.length());
            case "h" -> nodes("h", 2);
            case "h4" -> nodes("h4", 4);
            case "k" -> new Views(stages, settings, report).run();
            case "l" -> new Crowd(stages, settings, report).ofOneChannel();
            case "m" -> new Crowd(stages, settings, report).registered();
            case "t" -> new Trust(warm(), settings).run(report);
            default -> throw new IllegalArgumentException("There is no scenario " + letter + ", only " + ALL);
        }
        stages.clear();
    }

    private Stage warm() throws Exception {
        return stages.now().warmedUp(settings.warmUp());
    }

    private Scenario warm(Scenario scenario) {
        return stage -> scenario.on(stage.warmedUp(settings.warmUp()));
    }

    /** In turns with the earlier build, if there is one. */
    private void compare(String letter, String title, Scenario scenario) throws Exception {
        Callable<Figures> ours = scenario.on(stages.now());
        if (stages.earlier().isPresent()) {
            Callable<Figures> others = scenario.on(stages.earlier().get());
            report.add(letter, title, Turns.run(settings.turns(), ours, others), "earlier");
        } else {
            report.add(letter, title, ours.call());
        }
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

    private void thousandChannels() throws Exception {
        Stage stage = warm();
        Receiver receiver = stage.receiver();
        List<Broadcast> broadcasts = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            broadcasts.add(stage.channelUnknown("d" + i, 1, receiver));
        }
        stage.awaitKnown("d999");
        Callable<Figures> thousand = loop(stage, broadcasts, 1, receiver);
        Callable<Figures> one = consumers(stage, "d", 1);
        report.add(
                "d",
                "A thousand channels with one consumer each, beside one",
                Turns.run(settings.turns(), thousand, one),
                "one channel");
    }

    private void nodes(String name, int count) throws Exception {
        Stage stage = warm();
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
        Turns turns = Turns.run(
                settings.turns(),
                () -> stage.throughput(all, 1, receiver, settings.length()),
                () -> stage.throughput(one, 1, receiver, settings.length()));
        report.add(name, count + " nodes on the same cores, beside load to one of them", turns, "one node");
        for (int ignored : others) {
            stage.rig().removeNode();
        }
    }

    private Callable<Figures> http2(Stage stage) throws Exception {
        Receiver receiver = stage.receiver();
        stage.channel("i", 1, receiver);
        Load load = stage.tools().http2(stage.rig().node(), "i");
        stage.throughput(load, 1, receiver, settings.length());
        return () -> stage.throughput(load, 1, receiver, settings.length());
    }

    private Callable<Figures> onSchedule(Stage stage) throws Exception {
        Receiver receiver = stage.receiver();
        Broadcast broadcast = stage.channel("j", 1, receiver);
        int port = stage.rig().node().port();
        int rate = stages.halfRate();
        return () -> stage.onSchedule(port, broadcast, rate, receiver, settings.length());
    }
}
