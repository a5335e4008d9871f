package org.webhookbroker.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A table for people, beside an earlier run if there is one, and a file for the next run to compare with. */
final class Report {
    private static final JsonMapper JSON = new JsonMapper();

    private final PrintStream out;
    private final Path file;
    private final JsonNode earlier;
    private final ObjectNode root = JSON.createObjectNode();

    /** @param earlier file of an earlier run, which may be missing */
    Report(PrintStream out, Path file, Path earlier) {
        this.out = out;
        this.file = file;
        try {
            this.earlier = Files.exists(earlier) ? JSON.readTree(earlier.toFile()) : JSON.createObjectNode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void about(String what, String value) {
        out.printf("%-10s %s%n", what, value);
        root.withObject("/about").put(what, value);
    }

    /** Also saves what there is so far. */
    void add(String scenario, String title, Figures figures) {
        JsonNode before = earlier.path("scenarios").path(scenario);
        out.printf("%n%s%n", title);
        figures.values().forEach((name, value) -> {
            String compared = before.has(name)
                    ? "%12s %6.2f"
                            .formatted(
                                    number(before.path(name).asDouble()),
                                    value / before.path(name).asDouble())
                    : "";
            out.printf("  %-42s %12s %s%n", name, number(value), compared);
            root.withObject("/scenarios").withObject("/" + scenario).put(name, value);
        });
        try {
            JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String number(double value) {
        return value >= 100 ? "%,.0f".formatted(value) : "%.2f".formatted(value);
    }
}
