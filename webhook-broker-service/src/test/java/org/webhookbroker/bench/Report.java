package org.webhookbroker.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Lists and a table for people, beside another build or an earlier run if there is one, and a file for the next run to compare with. */
final class Report {
    private static final JsonMapper JSON = new JsonMapper();
    /** What docs/performance.md shows. Each column has one figure or more. */
    private static final Map<String, List<String>> COLUMNS = columns();

    private final PrintStream out;
    private final Path file;
    private final JsonNode earlier;
    private final ObjectNode root = JSON.createObjectNode();
    private final StringBuilder table = new StringBuilder();

    /** @param earlier file of an earlier run, which may be missing */
    Report(PrintStream out, Path file, Path earlier) {
        this.out = out;
        this.file = file;
        try {
            this.earlier = Files.exists(earlier) ? JSON.readTree(earlier.toFile()) : JSON.createObjectNode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        table.append("| | ").append(String.join(" | ", COLUMNS.keySet())).append(" |\n|");
        table.append(" --- |".repeat(COLUMNS.size() + 1)).append('\n');
    }

    private static Map<String, List<String>> columns() {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        columns.put("acknowledged/s", List.of("acknowledged/s"));
        columns.put("deliveries/s", List.of("deliveries/s"));
        columns.put("ack p50 / p99 ms", List.of("ack p50 ms", "ack p99 ms"));
        columns.put("end to end p50 / p99 ms", List.of("end to end p50 ms", "end to end p99 ms"));
        columns.put(
                "CPU microseconds a message: broker / database",
                List.of("CPU us a message, broker", "CPU us a message, database"));
        columns.put("statements, commits a message", List.of("statements a message", "commits a message"));
        columns.put("heap MiB", List.of("heap MiB"));
        return columns;
    }

    void about(String what, String value) {
        out.printf("%-10s %s%n", what, value);
        root.withObject("/about").put(what, value);
    }

    /** Beside those of the earlier run. */
    void add(String scenario, String title, Figures figures) {
        JsonNode before = earlier.path("scenarios").path(scenario);
        out.printf("%n%s%n", title);
        figures.values().forEach((name, value) -> {
            if (before.has(name)) {
                show(
                        name,
                        value,
                        before.path(name).asDouble(),
                        value / before.path(name).asDouble());
            } else {
                out.printf("  %-42s %12s%n", name, number(value));
            }
        });
        keep("scenarios", scenario, title, figures);
        save();
    }

    /** @param others what the second column is */
    void add(String scenario, String title, Turns turns, String others) {
        Figures second = turns.others();
        String first = others.equals("earlier") ? "this build" : "this";
        out.printf("%n%s%n  %-42s %12s %12s %6s%n", title, "medians of turns", first, others, "ratio");
        Figures ratios = new Figures();
        turns.ours().values().forEach((name, value) -> {
            show(name, value, second.get(name), turns.ratio(name));
            ratios.add(name, turns.ratio(name));
        });
        keep("scenarios", scenario, title, turns.ours());
        keep(others, scenario, title + ", " + others, second);
        put("ratios to " + others, scenario, ratios);
        save();
    }

    private void show(String name, double value, double other, double ratio) {
        out.printf("  %-42s %12s %12s %6.2f%n", name, number(value), number(other), ratio);
    }

    private void keep(String kind, String scenario, String title, Figures figures) {
        put(kind, scenario, figures);
        if (figures.values().containsKey("acknowledged/s")) {
            table.append(COLUMNS.values().stream()
                    .map(names -> names.stream()
                            .filter(figures.values()::containsKey)
                            .map(name -> number(figures.get(name)))
                            .collect(Collectors.joining(" / ")))
                    .collect(Collectors.joining(" | ", "| " + scenario + ": " + title + " | ", " |\n")));
        }
    }

    private void put(String kind, String scenario, Figures figures) {
        ObjectNode node = root.withObject("/" + kind).withObject("/" + scenario);
        figures.values().forEach(node::put);
    }

    private void save() {
        try {
            JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As docs/performance.md has it. */
    void printTable() {
        out.printf("%n%s", table);
    }

    private static String number(double value) {
        return value >= 100 ? "%,.0f".formatted(value) : "%.2f".formatted(value);
    }
}
