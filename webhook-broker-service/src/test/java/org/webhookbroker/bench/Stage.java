package org.webhookbroker.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.Registrar;

/** Channels and consumers for a scenario, and what all scenarios measure. */
final class Stage {
    static final String BODY = "{\"data\":\"" + "x".repeat(1000) + "\"}";

    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

    private final Rig rig;
    private final Registrar registrar;

    Stage(Rig rig) {
        this.rig = rig;
        this.registrar = new Registrar(rig.database());
    }

    Rig rig() {
        return rig;
    }

    Registrar registrar() {
        return registrar;
    }

    Xid channel(String name) {
        return registrar.channel(name);
    }

    void consumer(Xid channel, String name, Sink sink) {
        registrar.push(channel, name, sink.url());
    }

    /** Waits until each node has read what was registered. */
    void awaitKnown(String channel) throws InterruptedException {
        for (int port : rig.ports()) {
            ApiClient api = new ApiClient("http://127.0.0.1:" + port);
            while (!api.get("/channel/" + channel + "/consumers").contains("/consumer/")) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    /**
     * Sends as many messages as are acknowledged, each to {@code copies} consumers, and waits until the last one is delivered.
     * Returns messages a second, from the first request to the last delivery.
     */
    double throughput(Figures figures, List<Broadcast> broadcasts, int copies, Sink sink, Duration length)
            throws InterruptedException {
        return throughput(figures, new Producers(rig.ports(), broadcasts), copies, sink, length);
    }

    double throughput(Figures figures, Producers producers, int copies, Sink sink, Duration length)
            throws InterruptedException {
        sink.latency();
        long receivedBefore = sink.received();
        long sinkCpu = sink.cpuNanos();
        Meter before = Meter.read(rig);
        Sent sent = producers.asFastAsTheyCan(length);
        long inTime = sink.received() - receivedBefore;
        drain(List.of(sink), receivedBefore + sent.acknowledged() * copies);
        Meter after = Meter.read(rig);
        double rate = (double) sent.acknowledged() / after.secondsSince(before);
        figures.add("acknowledged/s", sent.perSecond())
                .add("end to end, messages/s", rate)
                .add("deliveries/s", rate * copies)
                .add("delivered meanwhile %", 100.0 * inTime / (sent.acknowledged() * copies))
                .add("refused", (double) sent.refused())
                .latency("ack", sent.latency())
                .latency("end to end", sink.latency())
                .costs(before, after, sent.acknowledged(), sent, sink.cpuNanos() - sinkCpu)
                .add("heap MiB", Meter.heap(rig));
        return rate;
    }

    /** Waits until so many were received; gives up when nothing comes any more. */
    void drain(List<Sink> sinks, long expected) throws InterruptedException {
        long last = -1;
        long since = System.nanoTime();
        for (long now = received(sinks); now < expected; now = received(sinks)) {
            if (now != last) {
                last = now;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > LONGEST_SILENCE.toNanos()) {
                throw new IllegalStateException(now + " of " + expected + " were delivered, and then nothing for "
                        + LONGEST_SILENCE.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    static long received(List<Sink> sinks) {
        return sinks.stream().mapToLong(Sink::received).sum();
    }

    static Histogram together(List<Sink> sinks) {
        Histogram all = new Histogram(3);
        sinks.forEach(sink -> all.add(sink.latency()));
        return all;
    }
}
