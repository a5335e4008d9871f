package org.webhookbroker.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A tool that runs to its end. */
final class Command {
    private final ProcessBuilder builder;
    private long cpuNanos;

    Command(List<String> line) {
        this.builder = new ProcessBuilder(line).redirectErrorStream(true);
    }

    void environment(String name, String value) {
        builder.environment().put(name, value);
    }

    /** The lines that it prints. */
    List<String> run() throws IOException, InterruptedException {
        long before = Meter.ofEndedChildren();
        Process process = builder.start();
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(builder.command() + " failed: " + text);
            }
            cpuNanos = (Meter.ofEndedChildren() - before) * 1000;
            return text.lines().toList();
        }
    }

    long cpuNanos() {
        return cpuNanos;
    }
}
