package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.Dump;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.ReceivedRequest;

/** A dump is taken while a broker works, and another one starts on what it held: as docs/operations.md says of backups. */
@Tag("G1")
@Tag("G2")
@Tag("G5")
@Tag("slow")
class BackupTest {
    private static final int MESSAGES = 30;
    private static final String NOT_PULLED = "consumer_id <> (SELECT id FROM consumer WHERE public_id = 'pulls')";

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @TempDir
    Path folder;

    private final ConsumerServer consumer = ConsumerServer.start();

    @AfterEach
    void stop() {
        consumer.close();
    }

    @Test
    void whatWasAcknowledgedBeforeADumpIsDeliveredByABrokerThatStartsOnIt() throws Exception {
        List<String> before = ids("before");
        Dump dump;
        consumer.on("/hangs", Behavior.hang()).on("/fails", Behavior.status(503));
        try (LocalBroker broker = start()) {
            broker.api().register("c", "works", consumer.url("/works"));
            broker.api().subscribe("c", "hangs", consumer.url("/hangs"));
            broker.api().subscribe("c", "fails", consumer.url("/fails"));
            broker.api().subscribe("c", "pulls", consumer.url("/"), "&type=pull");
            broker.api()
                    .schedule("c", "scheduled", "scheduled", Instant.now().plus(Duration.ofHours(1)))
                    .join();
            send(broker, before, 201);
            await().until(() -> consumer.requests("/works").size() == MESSAGES);
            await().until(() -> consumer.requests("/hangs").size() > 0
                    && consumer.requests("/fails").size() >= MESSAGES);

            dump = dumpUnderLoad(broker);

            send(broker, ids("after"), 201);
            promoteScheduled();
            await().until(() ->
                    texts("/works").containsAll(ids("after")) && texts("/works").contains("scheduled"));
        }

        dump.restore();
        consumer.on("/hangs", Behavior.status(204)).on("/fails", Behavior.status(204));
        int seen = consumer.requests("/hangs").size();
        try (LocalBroker broker = start()) {
            await().untilAsserted(() ->
                    assertThat(mariaDb.sql().count("job", NOT_PULLED)).isZero());

            assertThat(texts("/fails")).containsAll(before);
            List<ReceivedRequest> again = consumer.requests("/hangs")
                    .subList(seen, consumer.requests("/hangs").size());
            assertThat(again).extracting(ReceivedRequest::text).containsAll(before);
            assertThat(again)
                    .filteredOn(each -> before.contains(each.text()))
                    .as("what an incarnation of the dump held may have arrived")
                    .anyMatch(
                            each -> each.headers("X-Broker-Possible-Duplicate").equals(List.of("true")));
            assertThat(mariaDb.sql().textsOf("SELECT m.public_id FROM job j JOIN message m ON m.id = j.message_id"))
                    .containsAll(before);
            assertThat(broker.admin().post("/tasks/accounting")).contains("\nACCOUNTED");

            send(broker, before, 409);
            send(broker, ids("after"), 201);
            promoteScheduled();
            await().until(() ->
                    texts("/works").stream().filter("scheduled"::equals).count() == 2);
        }
    }

    private static LocalBroker start() {
        return LocalBroker.start(mariaDb, "dispatch.takeoverAfter=2s", "dispatch.stopTimeout=1s");
    }

    /** Whatever is in it was written and delivered half way through. */
    private Dump dumpUnderLoad(LocalBroker broker) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
            for (int i = 0; !ended.get(); i++) {
                send(broker, List.of("meanwhile-" + i), 201);
            }
        });
        try {
            return Dump.take(mariaDb, folder.resolve("dump.sql"));
        } finally {
            ended.set(true);
            load.join();
        }
    }

    private static void promoteScheduled() {
        assertThat(mariaDb.sql().execute("UPDATE scheduled_due SET due_at = UTC_TIMESTAMP(6)"))
                .isEqualTo(1);
    }

    private static void send(LocalBroker broker, List<String> ids, int status) {
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        ids.forEach(id -> answers.add(broker.api().broadcast("c", id, id)));
        assertThat(answers).extracting(CompletableFuture::join).containsOnly(status);
    }

    private static List<String> ids(String prefix) {
        return IntStream.range(0, MESSAGES).mapToObj(i -> prefix + "-" + i).toList();
    }

    private List<String> texts(String path) {
        return consumer.requests(path).stream().map(ReceivedRequest::text).toList();
    }
}
