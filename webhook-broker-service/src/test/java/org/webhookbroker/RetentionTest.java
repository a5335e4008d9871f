package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.RegistrySnapshot;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.History;
import org.webhookbroker.testing.History.Job;
import org.webhookbroker.testing.History.State;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.ReceivedRequest;
import org.webhookbroker.testing.S3Server;

/** The whole broker prunes to storage of the S3 protocol, and delivers again what it restores. */
@Tag("G10")
@Tag("G2")
@Tag("slow")
class RetentionTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @TempDir
    Path folder;

    private final ConsumerServer consumer = ConsumerServer.start();
    private final S3Server storage = new S3Server();

    @BeforeEach
    void start() {
        System.setProperty("aws.accessKeyId", "key");
        System.setProperty("aws.secretAccessKey", "secret");
        storage.createBucket("archive");
    }

    @AfterEach
    void stop() {
        storage.close();
        consumer.close();
    }

    @Test
    void whatWasPrunedByTheTaskIsRestoredByTheTask() throws Exception {
        try (LocalBroker broker = start(storage.url("archive"))) {
            broker.api().register("c", "k", consumer.url("/k"));
            seed(30);

            assertThat(broker.admin().post("/tasks/prune"))
                    .contains("Pruned: 30 messages looked at, 30 archived, 30 deleted with 30 delivered jobs");
            assertThat(broker.api().get("/channel/c/messages")).contains("\"Result\":[]");
            assertThat(broker.api().get("/channel/c/messages-status")).contains("{\"counts\":{}}");
            assertThat(broker.admin().post("/tasks/accounting")).contains("\nACCOUNTED");

            assertThat(broker.admin().post("/tasks/restore?channel=c&consumer=k&dry-run=true"))
                    .contains("Would restore up to 30 messages of 30 read");
            assertThat(broker.admin().post("/tasks/restore?channel=c&consumer=k&per-second=1000"))
                    .contains("Restored 30 messages to c/k.");
            await().until(() -> consumer.requests("/k").size() >= 30);
            List<ReceivedRequest> received = consumer.requests("/k");
            assertThat(received).extracting(ReceivedRequest::text).contains("payload 0", "payload 29");
            assertThat(received)
                    .allMatch(request ->
                            request.headers("X-Broker-Possible-Duplicate").equals(List.of("true")));
            await().untilAsserted(() -> assertThat(broker.admin().post("/tasks/accounting"))
                    .contains("delivered 60 ", "live 0", "\nACCOUNTED"));
        }
    }

    @Test
    void theBrokerPrunesByItselfWhereItIsTold() throws Exception {
        try (LocalBroker broker = start(storage.url("archive"), "retention.every=1s")) {
            broker.api().register("c", "k", consumer.url("/k"));
            seed(5);

            await().until(() -> broker.api().get("/channel/c/messages").contains("\"Result\":[]"));
            assertThat(broker.admin().get("/healthcheck")).contains("loop-prune");
        }
    }

    @Test
    void recordsOfScheduledMessagesGoAndAreAccountedFor() throws Exception {
        try (LocalBroker broker = start(storage.url("archive"))) {
            broker.api().register("c", "k", consumer.url("/k"));
            broker.api()
                    .schedule("c", "s1", "hi", Instant.now().plusSeconds(3600))
                    .join();
            broker.api()
                    .schedule("c", "s2", "hi", Instant.now().plusSeconds(3600))
                    .join();
            mariaDb.sql().execute("""
                    UPDATE scheduled_due SET due_at = UTC_TIMESTAMP(6)
                    WHERE id = (SELECT id FROM scheduled_message WHERE public_id = 's1')
                    """);
            await().until(() -> consumer.requests("/k").size() == 1);
            mariaDb.sql().execute("UPDATE scheduled_message SET ended_at = ended_at - INTERVAL 31 DAY");

            assertThat(broker.admin().post("/tasks/prune")).contains(", and 1 records of scheduled messages deleted");

            assertThat(broker.admin().post("/tasks/accounting"))
                    .contains(
                            "c: scheduled 2 = dispatched 1 (0 of them without a message) + cancelled 0 + waiting 1;"
                                    + " of 1 the records were pruned",
                            "\nACCOUNTED");
            assertThat(broker.api().get("/channel/c/messages-status"))
                    .contains("SCHEDULED_SCHEDULED")
                    .doesNotContain("SCHEDULED_DISPATCHED");
        }
    }

    @Test
    void aTaskThatFailsAnswersWithTheReason() throws Exception {
        try (LocalBroker broker = start(storage.url("nowhere"))) {
            broker.api().register("c", "k", consumer.url("/k"));
            seed(1);

            assertThatThrownBy(() -> broker.admin().post("/tasks/prune"))
                    .hasMessageContaining("answered 500")
                    .hasMessageContaining("retention.remoteUrl: cannot store");

            assertThat(broker.api().get("/channel/c/messages")).contains("/channel/c/message/m0");
        }
    }

    @Test
    void withoutSettingsTheTaskSaysWhatToSet() throws Exception {
        try (LocalBroker broker = LocalBroker.start(mariaDb)) {
            broker.api().register("c", "k", consumer.url("/k"));

            assertThat(broker.admin().post("/tasks/prune")).contains("Pruning is off. Set retention.nodeName");
            for (String source : List.of("", "&source=here", "&source=" + folder)) {
                assertThatThrownBy(() -> broker.admin().post("/tasks/restore?channel=c&consumer=k" + source))
                        .hasMessageContaining("answered 400")
                        .hasMessageContaining("No archives are configured: set retention.localPath");
            }
        }
    }

    @Test
    void credentialsGoNowhereButToTheConfiguredPlace() throws Exception {
        try (LocalBroker broker = start(storage.url("archive"))) {
            broker.api().register("c", "k", consumer.url("/k"));

            String elsewhere = "s3://archive?region=eu-west-1%26endpoint=" + consumer.url("/");
            assertThatThrownBy(() -> broker.admin().post("/tasks/restore?channel=c&consumer=k&source=" + elsewhere))
                    .hasMessageContaining("answered 400")
                    .hasMessageContaining("a URL below retention.remoteUrl: archives are read from nowhere else");

            assertThat(broker.admin().post("/tasks/restore?channel=c&consumer=k&source=s3://archive"))
                    .contains("Restored 0 messages");
            assertThat(consumer.connections()).isZero();
        }
    }

    private LocalBroker start(String remoteUrl, String... more) throws Exception {
        List<String> settings = new java.util.ArrayList<>(List.of(
                "retention.nodeName=node-a",
                "retention.messageDays=30",
                "retention.localPath=" + folder,
                "retention.remoteUrl=" + remoteUrl));
        settings.addAll(List.of(more));
        return LocalBroker.start(mariaDb, settings.toArray(String[]::new));
    }

    private static void seed(int count) {
        Database database = mariaDb.database();
        RegistrySnapshot registry = new Registry(database).refresh();
        Xid channel = registry.channel("c").orElseThrow().id();
        Xid producer = registry.producer("p").orElseThrow().id();
        Xid consumerId = registry.consumer(channel, "k").orElseThrow().id();
        History old = new History(database, Instant.now().minus(31, ChronoUnit.DAYS));
        for (int i = 0; i < count; i++) {
            old.message(channel, producer, "m" + i, "payload " + i, new Job(consumerId, State.DELIVERED));
        }
    }
}
