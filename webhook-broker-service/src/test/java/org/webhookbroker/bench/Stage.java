package org.webhookbroker.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.BrokerProcess;
import org.webhookbroker.testing.Registrar;

/** A rig with channels and consumers for a scenario, and what all scenarios measure. */
final class Stage implements AutoCloseable {
    static final String BODY = "{\"data\":\"" + "x".repeat(1000) + "\"}";

    /** For which it is measured how many messages it does. */
    private static final Duration CAPACITY = Duration.ofSeconds(5);

    /** So that our own producers are compiled before: otherwise their first half second is what the p99 shows. */
    private static final Duration REHEARSAL = Duration.ofSeconds(5);

    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

    private final Rig rig;
    private final Tools tools;
    private final Registrar registrar;
    private final List<Receiver> receivers = new ArrayList<>();
    /** Messages a second at the end of the warm-up; 0 before it. */
    private double capacity;

    Stage(Rig rig, Tools tools) {
        this.rig = rig;
        this.tools = tools;
        this.registrar = new Registrar(rig.database());
    }

    Rig rig() {
        return rig;
    }

    Tools tools() {
        return tools;
    }

    Registrar registrar() {
        return registrar;
    }

    /** For one consumer, or for many of the same URL, until {@link #clear}. */
    Receiver receiver() throws IOException {
        Receiver receiver = tools.consumers();
        receivers.add(receiver);
        return receiver;
    }

    /** A channel with so many consumers that are all served by one receiver. */
    Broadcast channel(String name, int consumers, Receiver receiver) throws InterruptedException {
        Broadcast broadcast = channelUnknown(name, consumers, receiver);
        awaitKnown(name);
        return broadcast;
    }

    /** The nodes will know it soon. */
    Broadcast channelUnknown(String name, int consumers, Receiver receiver) {
        Xid channel = registrar.channel(name);
        for (int i = 0; i < consumers; i++) {
            registrar.push(channel, "k" + i, receiver.url());
        }
        return Broadcast.to(name, BODY);
    }

    /** Waits until each node has read what was registered. */
    void awaitKnown(String channel) throws InterruptedException {
        for (BrokerProcess node : rig.nodes()) {
            ApiClient api = new ApiClient(node.url());
            while (!api.get("/channel/" + channel + "/consumers").contains("/consumer/")) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    /** Once: has the first node under load for as long, so that most of it is compiled. */
    Stage warmedUp(Duration length) throws Exception {
        if (capacity == 0) {
            Receiver receiver = receiver();
            Load load = load(List.of(channel("warm-up", 1, receiver)));
            throughput(load, 1, receiver, length);
            capacity = throughput(load, 1, receiver, CAPACITY).get("messages/s");
        }
        return this;
    }

    /** Half of the messages a second in a closed loop with one consumer, at the end of the warm-up. */
    int halfRate() {
        return (int) (capacity / 2);
    }

    /** To all nodes. */
    Load load(List<Broadcast> broadcasts) throws IOException {
        return tools.producers(rig.ports(), broadcasts);
    }

    /** Sends as many messages as are acknowledged, each to {@code copies} consumers, and waits until the last one is delivered. */
    Figures throughput(Load load, int copies, Receiver receiver, Duration length) throws Exception {
        receiver.latency();
        long receivedBefore = receiver.received();
        long receiverCpu = receiver.cpuNanos();
        Meter before = Meter.read(rig);
        Sent sent = load.send(length);
        long inTime = receiver.received() - receivedBefore;
        drain(List.of(receiver), receivedBefore + sent.acknowledged() * copies);
        Meter after = Meter.read(rig);
        double rate = sent.acknowledged() / after.secondsSince(before);
        return new Figures()
                .add("acknowledged/s", sent.perSecond())
                .add("messages/s", rate)
                .add("deliveries/s", rate * copies)
                .add("delivered meanwhile %", 100.0 * inTime / (sent.acknowledged() * copies))
                .add("refused", (double) sent.refused())
                .latency("ack", sent.latency())
                .latency("end to end", receiver.latency())
                .costs(before, after, sent, receiver.cpuNanos() - receiverCpu)
                .add("heap MiB", Meter.heap(rig));
    }

    /**
     * An open loop without coordinated omission: the time of a message runs from when it was due, whatever held it up. Our own producers do
     * that: wrk has no schedule, and h2load sends in bursts and takes the time from when it sent.
     */
    Figures onSchedule(int port, Broadcast broadcast, int rate, Receiver receiver, Duration length)
            throws InterruptedException {
        receiver.latency();
        long receivedBefore = receiver.received();
        long receiverCpu = receiver.cpuNanos();
        Meter before = Meter.read(rig);
        Sent sent = new Producers(List.of(port), List.of(broadcast)).at(rate, length);
        drain(List.of(receiver), receivedBefore + sent.acknowledged());
        Meter after = Meter.read(rig);
        return new Figures()
                .add("due/s", rate)
                .add("acknowledged/s", sent.perSecond())
                .add("refused", (double) sent.refused())
                .latency("ack", sent.latency())
                .latency("end to end", receiver.latency())
                .costs(before, after, sent, receiver.cpuNanos() - receiverCpu);
    }

    /** Call it before {@link #onSchedule}. */
    void rehearseSchedule(Broadcast broadcast, int rate, Receiver receiver) throws InterruptedException {
        Figures unused = onSchedule(rig.node().port(), broadcast, rate, receiver, REHEARSAL);
    }

    /** Waits until so many were received; gives up when nothing comes any more. */
    void drain(List<? extends Receiver> all, long expected) throws InterruptedException {
        long last = -1;
        long since = System.nanoTime();
        for (long now = received(all); now < expected; now = received(all)) {
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

    static long received(List<? extends Receiver> receivers) {
        return receivers.stream().mapToLong(Receiver::received).sum();
    }

    static Histogram together(List<? extends Receiver> receivers) {
        Histogram all = new Histogram(3);
        receivers.forEach(receiver -> all.add(receiver.latency()));
        return all;
    }

    /** After a scenario: its receivers end, and nodes that it added and left. */
    void clear() throws InterruptedException {
        rig.removeAdded();
        closeReceivers();
    }

    private void closeReceivers() {
        receivers.forEach(Receiver::close);
        receivers.clear();
    }

    @Override
    public void close() {
        rig.close();
        closeReceivers();
    }
}
