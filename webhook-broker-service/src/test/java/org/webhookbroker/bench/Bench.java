package org.webhookbroker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Measures the packaged broker on this machine, which it shares with its load. Asserts nothing. Started by scripts/bench. */
public final class Bench {
    private final Path folder;
    private final Report report;
    private final List<String> failed = new ArrayList<>();
    /** Somebody ends the run early. */
    private volatile boolean ends;

    private Bench(Path folder, Report report) {
        this.folder = folder;
        this.report = report;
    }

    /** @param args letters of scenarios; all if there are none */
    public static void main(String[] args) throws Exception {
        Locale.setDefault(Locale.ROOT);
        Path target = Path.of("target");
        Path folder = Files.createTempDirectory(target, "bench-").toAbsolutePath();
        Report report = new Report(System.out, target.resolve("bench.json"), target.resolve("bench-earlier.json"));
        Bench bench = new Bench(folder, report);
        Runtime.getRuntime().addShutdownHook(new Thread(bench::end));
        bench.run(args.length == 0 ? Scenarios.ALL : List.of(args));
        System.exit(bench.failed.isEmpty() ? 0 : 1);
    }

    private void run(List<String> letters) throws Exception {
        Settings settings = Settings.fromEnvironment();
        Tools tools = Tools.find(settings.light(), folder);
        describeMachine(report, settings);
        report.about(
                "load",
                "warm-up %d s, then %d s each; 64 connections, 1 KB JSON"
                        .formatted(
                                settings.warmUp().toSeconds(), settings.length().toSeconds()));
        report.about("tools", tools.describe());
        settings.brokers().earlier().ifPresent(path -> report.about("earlier", path.toString()));
        try (Stages stages = new Stages(folder, settings, tools)) {
            Scenarios scenarios = new Scenarios(stages, settings, report);
            for (String letter : letters) {
                run(letter, scenarios, stages);
            }
        }
    }

    private void run(String letter, Scenarios scenarios, Stages stages) throws Exception {
        long start = System.nanoTime();
        try {
            scenarios.run(letter);
            stages.clear();
        } catch (Exception e) {
            if (ends) {
                throw e;
            }
            // The others still have something to say.
            failed.add(letter);
            e.printStackTrace();
        }
        System.out.printf("  (%s took %d s)%n", letter, (System.nanoTime() - start) / 1_000_000_000);
    }

    /** Also of a run that fails, or that somebody ends early, who does not want what it started to go on. */
    private void end() {
        ends = true;
        Rig.closeDatabases();
        List<ProcessHandle> started = ProcessHandle.current().descendants().toList();
        started.forEach(ProcessHandle::destroyForcibly);
        started.forEach(process -> process.onExit().join());
        report.printTable();
        if (!failed.isEmpty()) {
            System.out.println("These scenarios failed: " + failed);
        }
        try {
            delete(folder);
        } catch (IOException e) {
            System.out.println("Something is left in " + folder + ": " + e);
        }
    }

    private static void describeMachine(Report report, Settings settings) throws IOException {
        report.about("machine", "%d cores, %s".formatted(Runtime.getRuntime().availableProcessors(), cpuName()));
        report.about("java", System.getProperty("java.vm.version"));
        report.about("heap", System.getenv().getOrDefault("JAVA_HEAP", "as in deploy/webhook-broker"));
        report.about(
                "options",
                String.join(" ", options()) + " "
                        + String.join(" ", settings.brokers().javaOptions()));
        report.about(
                "database", "embedded MariaDB as in config.yml: innodb_flush_log_at_trx_commit=1, 256 MiB buffer pool");
    }

    private static List<String> options() throws IOException {
        return Files.readAllLines(Path.of("..", "deploy", "jvm.options")).stream()
                .filter(line -> line.startsWith("-"))
                .toList();
    }

    private static String cpuName() throws IOException {
        Optional<String> name = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .findFirst();
        return name.map(line -> line.substring(line.indexOf(':') + 2)).orElse("unknown");
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
