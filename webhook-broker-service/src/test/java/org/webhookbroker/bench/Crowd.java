package org.webhookbroker.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.ApiClient;

/** Many consumers: of one channel, and registered but silent. */
final class Crowd {
    private static final int OF_ONE_CHANNEL = 10_000;
    private static final int FEW = 5;
    /** Each is a job for each consumer. */
    private static final int MESSAGES = 10;

    private static final int CHANNELS = 1_000;

    private final Stages stages;
    private final Settings settings;
    private final Report report;

    Crowd(Stages stages, Settings settings, Report report) {
        this.stages = stages;
        this.settings = settings;
        this.report = report;
    }

    void ofOneChannel() throws Exception {
        Stage stage = stages.now().warmedUp(settings.warmUp());
        Receiver receiver = stage.receiver();
        Broadcast few = stage.channel("l-few", FEW, receiver);
        Load toFew = stage.load(List.of(few));
        Xid channel = stage.registrar().channel("l");
        register(stage, List.of(channel), OF_ONE_CHANNEL, receiver);
        stage.awaitKnown("l");
        Broadcast many = Broadcast.to("l", Stage.BODY);
        Load oneByOne = length -> send(stage, many, receiver, true);
        Load atOnce = length -> send(stage, many, receiver, false);
        stage.throughput(oneByOne, OF_ONE_CHANNEL, receiver, Duration.ZERO);
        Turns turns = Turns.run(
                settings.turns(),
                () -> stage.throughput(oneByOne, OF_ONE_CHANNEL, receiver, Duration.ZERO),
                () -> stage.throughput(toFew, FEW, receiver, settings.length()));
        String title = "%,d consumers of one channel, ".formatted(OF_ONE_CHANNEL);
        report.add("l", title + "each message once the last one is delivered, beside five", turns, "five consumers");
        report.add(
                "l-at-once",
                title + MESSAGES + " messages at once",
                stage.throughput(atOnce, OF_ONE_CHANNEL, receiver, Duration.ZERO));
    }

    private static Sent send(Stage stage, Broadcast broadcast, Receiver receiver, boolean oneByOne)
            throws IOException, InterruptedException {
        Histogram latency = new Histogram(3);
        long start = System.nanoTime();
        try (Connection connection = Connection.to(stage.rig().node().port())) {
            for (int i = 0; i < MESSAGES; i++) {
                long before = receiver.received();
                long sent = System.nanoTime();
                connection.write(broadcast.at(sent));
                if (connection.readAnswer() == 201) {
                    latency.recordValue((System.nanoTime() - sent) / 1000);
                }
                if (oneByOne) {
                    stage.drain(List.of(receiver), before + OF_ONE_CHANNEL);
                }
            }
        }
        long acknowledged = latency.getTotalCount();
        return new Sent(
                acknowledged, (System.nanoTime() - start) / 1e9, MESSAGES - acknowledged, latency, 0, List.of());
    }

    /** On a database of its own, since all nodes on it know them. */
    void registered() throws Exception {
        int consumers = settings.work().registered();
        try (Stage stage = stages.another()) {
            Receiver receiver = stage.receiver();
            List<Xid> channels = IntStream.range(0, CHANNELS)
                    .mapToObj(i -> stage.registrar().channel("m" + i))
                    .toList();
            register(stage, channels, consumers, receiver);
            long start = System.nanoTime();
            ApiClient admin = new ApiClient(stage.rig().addNode().adminUrl());
            double seconds = (System.nanoTime() - start) / 1e9;
            admin.post("/tasks/gc");
            double heap = Meter.heap(stage.rig());
            long scraped = System.nanoTime();
            int size = admin.get("/prometheus").length();
            report.add(
                    "m",
                    "%,d consumers of %,d channels registered".formatted(consumers, CHANNELS),
                    new Figures()
                            .add("seconds until it serves", seconds)
                            .add("heap MiB", heap)
                            .add("scrape ms", (System.nanoTime() - scraped) / 1e6)
                            .add("scrape KiB", size / 1024.0));
        }
    }

    /** As many for each of the channels, in one transaction. Their ids are not those that {@code Registrar} gives in the same second. */
    private static void register(Stage stage, List<Xid> channels, int consumers, Receiver receiver) {
        int each = consumers / channels.size();
        stage.rig().database().inTransaction(handle -> {
            handle.execute("UPDATE registry_version SET version = version + 1");
            int registered = 0;
            for (Xid channel : channels) {
                registered += handle.createUpdate("""
                                INSERT INTO consumer (id, channel_id, public_id, name, token, callback_url, type, created_at, changed_at)
                                SELECT UNHEX(CONCAT(HEX(SUBSTRING(:channel, 1, 9)), LPAD(HEX(0x800000 + :first + seq), 6, '0'))), :channel,
                                  CONCAT('k', seq), CONCAT('k', seq), 'kt', :url, 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
                                FROM seq_0_to_99999 WHERE seq < :each
                                """)
                        .bind("channel", channel)
                        .bind("first", registered)
                        .bind("each", each)
                        .bind("url", receiver.url())
                        .execute();
            }
            return registered;
        });
    }
}
