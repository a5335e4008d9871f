package org.webhookbroker.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** Producers over HTTP/1.1 that wrk is. */
final class Wrk implements Load {
    private final Path wrk;
    private final List<Integer> ports;
    private final Path requests;
    private final Path script;

    Wrk(Path wrk, Path folder, List<Integer> ports, List<Broadcast> broadcasts) throws IOException {
        this.wrk = wrk;
        this.ports = ports;
        this.requests = Files.createTempFile(folder, "requests-", "");
        this.script = Files.createTempFile(folder, "wrk-", ".lua");
        try (OutputStream out = Files.newOutputStream(requests)) {
            for (Broadcast broadcast : broadcasts) {
                out.write((broadcast.request().length + "\n").getBytes(StandardCharsets.US_ASCII));
                out.write(broadcast.request());
            }
        }
        try (var source = Wrk.class.getResourceAsStream("wrk.lua")) {
            Files.write(script, source.readAllBytes());
        }
    }

    @Override
    public Sent send(Duration length) throws IOException, InterruptedException {
        Command command = new Command(List.of(
                wrk.toString(),
                "--threads=" + ports.size(),
                "--connections=" + Producers.CONNECTIONS,
                "--duration=" + length.toSeconds(),
                "--script=" + script,
                "http://127.0.0.1:" + ports.get(0)));
        command.environment("BENCH_REQUESTS", requests.toString());
        command.environment("BENCH_PORTS", ports.stream().map(String::valueOf).collect(Collectors.joining(" ")));
        return parse(command);
    }

    private static Sent parse(Command command) throws IOException, InterruptedException {
        List<String> lines = command.run();
        Histogram latency = new Histogram(3);
        String[] sent = {};
        for (String line : lines) {
            String[] fields = line.split("\t", -1);
            if (fields[0].equals("sent")) {
                sent = fields;
            } else if (fields[0].equals("latency")) {
                latency.recordValueWithCount(Long.parseLong(fields[1]), Long.parseLong(fields[2]));
            }
        }
        long refused = Long.parseLong(sent[2]);
        double seconds = Long.parseLong(sent[3]) / 1e6;
        return new Sent(Long.parseLong(sent[1]) - refused, seconds, refused, latency, command.cpuNanos(), List.of());
    }
}
