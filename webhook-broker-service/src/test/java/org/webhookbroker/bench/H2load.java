package org.webhookbroker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Producers over HTTP/2 that h2load is. */
final class H2load implements Load {
    private final List<String> line = new ArrayList<>();
    private final Path log;
    private final String url;

    H2load(Path h2load, Path folder, String url) throws IOException {
        this.log = folder.resolve("h2load-log");
        this.url = url;
        line.addAll(List.of(
                h2load.toString(),
                "--clients=" + Http2Producers.CONNECTIONS,
                "--max-concurrent-streams=" + Http2Producers.STREAMS,
                "--no-tls-proto=h2c",
                "--data=" + Files.writeString(folder.resolve("h2load-body"), Stage.BODY),
                "--log-file=" + log));
        Http2Producers.headers().forEach((name, value) -> line.add("--header=" + name + ": " + value));
    }

    @Override
    public Sent send(Duration length) throws IOException, InterruptedException {
        Files.deleteIfExists(log);
        List<String> all = new ArrayList<>(line);
        all.add("--duration=" + length.toSeconds());
        all.add(url);
        Command command = new Command(all);
        command.run();
        Histogram latency = new Histogram(3);
        long requests = 0;
        // Of each request the time, the status and the microseconds until the answer.
        for (String request : Files.readAllLines(log)) {
            String[] fields = request.split("\t", -1);
            requests++;
            if (fields[1].equals("201")) {
                latency.recordValue(Long.parseLong(fields[2]));
            }
        }
        long acknowledged = latency.getTotalCount();
        return new Sent(
                acknowledged, length.toSeconds(), requests - acknowledged, latency, command.cpuNanos(), List.of());
    }
}
