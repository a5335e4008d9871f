package org.webhookbroker.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/** Producers over HTTP/2 without TLS, as many as those of h2load. */
final class Http2Producers implements Load {
    static final int CONNECTIONS = 4;
    static final int STREAMS = 32;

    private final int port;
    private final String path;

    Http2Producers(int port, String channel) {
        this.port = port;
        this.path = path(channel);
    }

    static String path(String channel) {
        return "/channel/" + channel + "/broadcast";
    }

    /** Of each request. */
    static Map<String, String> headers() {
        return Map.of(
                "content-type", "application/json",
                "x-broker-channel-token", "ct",
                "x-broker-producer-id", Broadcast.PRODUCER,
                "x-broker-producer-token", "pt");
    }

    @Override
    public Sent send(Duration length) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<Http2Connection> connections = new ArrayList<>();
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Http2Connection connection = new Http2Connection(port, path);
                connections.add(connection);
                ends.add(threads.submit(() -> connection.send(length, STREAMS)));
            }
            for (Future<?> end : ends) {
                end.get();
            }
            return together(connections, length);
        } finally {
            threads.shutdown();
        }
    }

    private static Sent together(List<Http2Connection> connections, Duration length) {
        Histogram latency = new Histogram(3);
        connections.forEach(each -> latency.add(each.latency()));
        long refused = connections.stream().mapToLong(Http2Connection::refused).sum();
        long cpu = connections.stream().mapToLong(Http2Connection::cpuNanos).sum();
        return new Sent(latency.getTotalCount(), length.toSeconds(), refused, latency, cpu, List.of());
    }
}
