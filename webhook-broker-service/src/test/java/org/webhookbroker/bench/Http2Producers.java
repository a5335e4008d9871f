package org.webhookbroker.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** Producers that share one HTTP/2 connection, without TLS. */
final class Http2Producers {
    private static final int UNDER_WAY = 64;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    private final String url;

    Http2Producers(String url) throws Exception {
        this.url = url;
        // The upgrade needs a request without a body.
        http.send(HttpRequest.newBuilder(URI.create(url + "/channels")).build(), BodyHandlers.discarding());
    }

    Sent send(String channel, Duration length) throws InterruptedException {
        Recorder latency = new Recorder(3);
        AtomicLong refused = new AtomicLong();
        AtomicLong acknowledged = new AtomicLong();
        Semaphore underWay = new Semaphore(UNDER_WAY);
        List<Long> bySecond = new ArrayList<>();
        for (int second = 0; second < length.toSeconds(); second++) {
            long before = acknowledged.get();
            long end = System.nanoTime() + 1_000_000_000L;
            while (System.nanoTime() < end) {
                underWay.acquire();
                long start = System.nanoTime();
                CompletableFuture<?> unused = http.sendAsync(message(channel, start), BodyHandlers.discarding())
                        .whenComplete((answer, failed) -> {
                            latency.recordValue((System.nanoTime() - start) / 1000);
                            (isCreated(answer) ? acknowledged : refused).incrementAndGet();
                            underWay.release();
                        });
            }
            bySecond.add(acknowledged.get() - before);
        }
        long inTime = acknowledged.get();
        underWay.acquire(UNDER_WAY);
        return new Sent(bySecond, acknowledged.get() - inTime, refused.get(), latency.getIntervalHistogram(), 0);
    }

    private static boolean isCreated(@Nullable HttpResponse<?> answer) {
        return answer != null && answer.statusCode() == 201 && answer.version() == HttpClient.Version.HTTP_2;
    }

    private HttpRequest message(String channel, long sentAt) {
        return HttpRequest.newBuilder(URI.create(url + "/channel/" + channel + "/broadcast"))
                .header("X-Broker-Channel-Token", "ct")
                .header("X-Broker-Producer-ID", Broadcast.PRODUCER)
                .header("X-Broker-Producer-Token", "pt")
                .header("X-Broker-Metadata-Headers", "X-Sent")
                .header("X-Sent", Long.toString(sentAt))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Stage.BODY))
                .build();
    }
}
