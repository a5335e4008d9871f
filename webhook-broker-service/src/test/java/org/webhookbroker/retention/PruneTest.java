package org.webhookbroker.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.delivery.JobStore;
import org.webhookbroker.delivery.NewJob;
import org.webhookbroker.delivery.Tally;
import org.webhookbroker.message.Content;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.Books;
import org.webhookbroker.testing.History;
import org.webhookbroker.testing.History.Job;
import org.webhookbroker.testing.History.State;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

@Tag("G10")
class PruneTest {
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final Instant longAgo = now.minus(31, ChronoUnit.DAYS);

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @TempDir
    Path folder;

    private final Storage storage = new Storage();
    private final RetentionFactory settings = new RetentionFactory();
    private Database database;
    private Registry registry;
    private Xid channel;
    private Xid producer;
    private Xid consumer;
    private History old;

    @BeforeEach
    void setUp() {
        System.setProperty("aws.accessKeyId", "key");
        System.setProperty("aws.secretAccessKey", "secret");
        settings.nodeName = "node-a";
        settings.messageDays = 30;
        settings.localPath = folder.toString();
        settings.pause = Duration.milliseconds(0);
        database = mariaDb.database();
        registry = new Registry(database);
        Registrar registrar = new Registrar(database);
        channel = registrar.channel("orders");
        producer = registrar.producer("shop");
        consumer = registrar.push(channel, "billing", "http://127.0.0.1/hook");
        old = new History(database, longAgo);
    }

    @AfterEach
    void close() {
        storage.close();
    }

    @ParameterizedTest
    @CsvSource({
        "'', true",
        "DELIVERED, true",
        "DELIVERED DELIVERED, true",
        "REMOVED, true",
        "REMOVED DELIVERED, true",
        "QUEUED, false",
        "IN_FLIGHT, false",
        "DEAD, false",
        "DELIVERED QUEUED, false",
        "DELIVERED IN_FLIGHT DELIVERED, false",
        "DEAD DELIVERED, false",
        "REMOVED DEAD, false",
    })
    void goesOnceNoJobIsLiveOrDead(String states, boolean pruned) {
        old.message(channel, producer, "before", "x", delivered());
        old.message(channel, producer, "m", "x", jobs(states));
        old.message(channel, producer, "after", "x", delivered());

        prune();

        assertThat(stored()).isEqualTo(pruned ? Set.of() : Set.of("m"));
        assertThat(count("job") + count("dead_job") + count("delivered_job"))
                .isEqualTo(pruned ? 0 : states.split(" ").length - (states.contains("REMOVED") ? 1 : 0));
        Books.assertBalanced(database);
    }

    @Test
    void youngMessagesStay() {
        new History(database, now.minus(30, ChronoUnit.DAYS).plusSeconds(60))
                .message(channel, producer, "young", "x", delivered());
        new History(database, now.minus(30, ChronoUnit.DAYS).minusSeconds(1))
                .message(channel, producer, "old", "x", delivered());

        prune();

        assertThat(stored()).containsExactly("young");
    }

    @Test
    void jobsOfARemovedConsumerAreArchivedAndCounted() throws Exception {
        Xid gone = new Xid(5, 5);
        old.message(channel, producer, "m", "x", new Job(gone, State.DELIVERED), delivered());

        prune();

        JsonNode job = lines(onlyFile()).get(0).path("jobs").get(0);
        assertThat(job.path("Listener").path("ID").asText()).isEqualTo(gone.toString());
        assertThat(job.path("Listener").path("ConsumerID").asText()).isEmpty();
        assertThat(count("delivered_job")).isZero();
        Books.assertBalanced(database);
    }

    @Test
    void recordHasTheKeysOfTheContractAndNoTokens() throws Exception {
        Xid id = old.message(channel, producer, "m1", "h\u00e9 \"x\"\n", delivered());

        prune();

        String text = Files.readString(onlyFile());
        JsonNode line = lines(onlyFile()).get(0);
        assertThat(text).endsWith("}\n").doesNotContain("\"ct\"", "\"pt\"", "\"kt\"");
        assertThat(names(line)).containsExactly("message", "jobs");
        JsonNode message = line.path("message");
        assertThat(names(message))
                .containsExactly(
                        "ID",
                        "CreatedAt",
                        "UpdatedAt",
                        "MessageID",
                        "Payload",
                        "ContentType",
                        "Priority",
                        "Status",
                        "BroadcastedTo",
                        "ProducedBy",
                        "ReceivedAt",
                        "OutboxedAt",
                        "Headers");
        assertThat(message.path("ID").asText()).isEqualTo(id.toString());
        assertThat(message.path("MessageID").asText()).isEqualTo("m1");
        assertThat(message.path("Payload").asText()).isEqualTo("h\u00e9 \"x\"\n");
        assertThat(message.path("Status").asInt()).isEqualTo(102);
        assertThat(message.path("Priority").asInt()).isEqualTo(3);
        assertThat(message.path("ReceivedAt").asText()).isEqualTo(longAgo.toString());
        assertThat(message.path("Headers").path("x-trace").asText()).isEqualTo("t1");
        assertThat(names(message.path("BroadcastedTo")))
                .containsExactly("ID", "CreatedAt", "UpdatedAt", "Name", "Token", "ChannelID");
        assertThat(message.path("BroadcastedTo").path("ChannelID").asText()).isEqualTo("orders");
        assertThat(names(message.path("ProducedBy")))
                .containsExactly("ID", "CreatedAt", "UpdatedAt", "Name", "Token", "ProducerID");
        assertThat(message.path("ProducedBy").path("ProducerID").asText()).isEqualTo("shop");
        JsonNode job = line.path("jobs").get(0);
        assertThat(names(job))
                .containsExactly(
                        "ID",
                        "CreatedAt",
                        "UpdatedAt",
                        "Message",
                        "Listener",
                        "Status",
                        "StatusChangedAt",
                        "DispatchReceivedAt",
                        "EarliestNextAttemptAt",
                        "RetryAttemptCount",
                        "Priority",
                        "IncrementalTimeout");
        assertThat(job.path("Message")).isEqualTo(message);
        assertThat(job.path("Status").asInt()).isEqualTo(1003);
        assertThat(job.path("RetryAttemptCount").asInt()).isEqualTo(2);
        assertThat(names(job.path("Listener")))
                .containsExactly(
                        "ID",
                        "CreatedAt",
                        "UpdatedAt",
                        "Name",
                        "Token",
                        "ConsumerID",
                        "CallbackURL",
                        "ConsumingFrom",
                        "Type");
        assertThat(job.path("Listener").path("CallbackURL").asText()).isEqualTo("http://127.0.0.1/hook");
    }

    @Test
    void bytesThatAreNoTextAreKeptExactly() throws Exception {
        byte[] bytes = {(byte) 0xff, 0, 1, (byte) 0xc3, 'x'};
        old.message(channel, producer, "m", new Content("image/x", 0, Map.of(), bytes), delivered());

        prune();

        JsonNode line = lines(onlyFile()).get(0);
        assertThat(line.path("message").path("PayloadBase64").binaryValue()).isEqualTo(bytes);
        assertThat(line.path("jobs").get(0).path("Message").has("PayloadBase64"))
                .isFalse();
    }

    @Test
    void filesAreNamedByNodeAndTime() throws Exception {
        Files.createDirectories(folder.resolve("eu/main"));
        settings.filePrefix = "eu/main";
        useRemote();
        old.message(channel, producer, "m", "x", delivered());

        prune();

        try (Stream<Path> files = Files.list(folder.resolve("eu/main"))) {
            assertThat(files.map(file -> file.getFileName().toString()).toList())
                    .singleElement()
                    .asString()
                    .matches("local_node-a_\\d{4}_\\d\\d_\\d\\dT\\d\\d_\\d\\d_\\d\\dZ\\.jsonl");
        }
        assertThat(storage.objects.keySet())
                .singleElement()
                .asString()
                .matches("/bucket/eu/main/node-a_\\d{4}_\\d\\d_\\d\\dT\\d\\d_\\d\\d_\\d\\dZ\\.jsonl");
    }

    @Test
    void noFileAppearsWhenNothingIsPruned() throws Exception {
        old.message(channel, producer, "m", "x", jobs("DEAD"));

        assertThat(prune().archived()).isZero();

        assertThat(files()).isEmpty();
    }

    @Test
    void fullFilesRotateUnderNamesOfTheirOwn() throws Exception {
        settings.maxFileSize = DataSize.kibibytes(4);
        useRemote();
        for (int i = 0; i < 7; i++) {
            old.message(channel, producer, "m" + i, "x".repeat(3000), delivered());
        }
        old.message(channel, producer, "m7", "x", delivered());

        prune();

        List<Path> files = files();
        assertThat(files).hasSize(8);
        assertThat(files.stream().filter(file -> file.toString().endsWith("Z.jsonl")))
                .hasSize(1);
        assertThat(files.stream().filter(file -> file.toString().matches(".*Z_\\d{10}\\.jsonl")))
                .hasSize(7);
        assertThat(storage.objects).hasSize(8);
        Set<String> archived = new HashSet<>();
        for (Path file : files) {
            lines(file)
                    .forEach(line ->
                            archived.add(line.path("message").path("MessageID").asText()));
        }
        assertThat(archived).hasSize(8);
        assertThat(count("message")).isZero();
    }

    @Test
    void compressedFilesAreWhole() throws Exception {
        settings.gzip = true;
        for (int i = 0; i < 50; i++) {
            old.message(channel, producer, "m" + i, "x".repeat(100), delivered());
        }

        prune();

        assertThat(onlyFile().toString()).endsWith("Z.jsonl.gz");
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(onlyFile()))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines())
                    .hasSize(50);
        }
    }

    @Test
    void withoutALocalFolderOnlyTheRemoteKeepsFiles() throws Exception {
        settings.localPath = "";
        useRemote();
        old.message(channel, producer, "m", "x", delivered());

        prune();

        assertThat(storage.objects).hasSize(1);
        assertThat(count("message")).isZero();
    }

    @Test
    void aFolderCanBeTheRemote() throws Exception {
        settings.localPath = "";
        settings.remoteUrl = folder.toUri().toString();
        old.message(channel, producer, "m", "x", delivered());

        prune();

        assertThat(onlyFile().getFileName().toString()).startsWith("node-a_");
        assertThat(count("message")).isZero();
    }

    @Test
    void nothingIsDeletedWhenTheUploadFails() throws Exception {
        useRemote();
        storage.putStatus = 403;
        old.message(channel, producer, "m", "x", delivered());

        assertThatThrownBy(this::prune)
                .isInstanceOf(RetentionException.class)
                .hasMessageContaining("retention.remoteUrl");

        assertThat(stored()).containsExactly("m");
        assertThat(files()).isEmpty();
        assertThat(count("prune_lease")).isZero();
    }

    @Test
    void nothingIsDeletedWhenTheStorageKeptLess() throws Exception {
        useRemote();
        storage.lost = 1;
        old.message(channel, producer, "m", "x", delivered());

        assertThatThrownBy(this::prune).hasMessageContaining("bytes of");

        assertThat(stored()).containsExactly("m");
        assertThat(files()).isEmpty();
    }

    @Test
    void nothingIsDeletedWhenTheFolderIsMissing() throws Exception {
        settings.localPath = folder.resolve("not-mounted").toString();
        old.message(channel, producer, "m", "x", delivered());

        assertThatThrownBy(this::prune)
                .hasMessageContaining("retention.localPath")
                .hasMessageContaining("not-mounted");

        assertThat(stored()).containsExactly("m");
        assertThat(folder.resolve("not-mounted")).doesNotExist();
    }

    @Test
    void rowsAreThereUntilTheFileIsWhereItIsKept() {
        useRemote();
        List<Long> rows = new ArrayList<>();
        storage.arrived = () -> rows.add(count("message") + count("delivered_job"));
        old.message(channel, producer, "m", "x", delivered());

        prune();

        assertThat(rows).containsExactly(2L);
        assertThat(count("message") + count("delivered_job")).isZero();
    }

    @Test
    void aJobThatAppearsAfterTheArchiveKeepsItsMessage() {
        useRemote();
        Xid other = new Registrar(database).push(channel, "late", "http://127.0.0.1/");
        Xid id = old.message(channel, producer, "m", "x", delivered(), new Job(other, State.REMOVED));
        old.message(channel, producer, "n", "x", delivered());
        storage.arrived = () -> database.inTransaction(handle -> {
            new JobStore().insert(handle, List.of(new NewJob(id.plus(2), id, other, NewJob.QUEUED, 0, 10)));
            new Tally().accepted(other, 1).write(handle, 0);
            return null;
        });

        assertThat(prune().deleted()).isEqualTo(1);

        assertThat(stored()).containsExactly("m");
        assertThat(count("job")).isEqualTo(1);
        assertThat(count("delivered_job")).isEqualTo(1);
        Books.assertBalanced(database);
    }

    @Test
    void aDeliveryThatAppearsAfterTheArchiveKeepsItsMessage() {
        useRemote();
        Xid other = new Xid(5, 5);
        Xid id = old.message(channel, producer, "m", "x", delivered(), new Job(other, State.REMOVED));
        storage.arrived = () -> database.inTransaction(handle -> {
            handle.execute("INSERT INTO delivered_job VALUES (?, ?, ?, 0, UTC_TIMESTAMP(6))", id.plus(2), id, other);
            new Tally().accepted(other, 1).delivered(other, 1).write(handle, 0);
            return null;
        });

        assertThat(prune().deleted()).isZero();

        assertThat(stored()).containsExactly("m");
        Books.assertBalanced(database);
    }

    @Test
    void aRunThatDiesBetweenArchiveAndDeleteIsMadeUpForByTheNext() throws Exception {
        useRemote();
        old.message(channel, producer, "m", "x", delivered());
        storage.arrived = () -> storage.objects.replaceAll((key, object) -> Arrays.copyOf(object, 3));
        PruneRun dead = pruner().begin().orElseThrow();
        assertThatThrownBy(dead::step).isInstanceOf(RetentionException.class);
        storage.arrived = () -> {};

        assertThat(pruner().begin()).describedAs("the lease of the dead").isEmpty();
        database.withHandle(
                handle -> handle.execute("UPDATE prune_lease SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND"));
        assertThat(prune().deleted()).isEqualTo(1);

        assertThat(storage.objects).hasSize(2);
        Books.assertBalanced(database);
        assertThatThrownBy(dead::step).hasMessageContaining("another one has begun");
        dead.close();
    }

    @Test
    void onlyOneRunAtATime() {
        PruneRun run = pruner().begin().orElseThrow();

        assertThat(pruner().begin()).isEmpty();

        run.close();
        assertThat(pruner().begin()).hasValueSatisfying(PruneRun::close);
    }

    @Test
    void aRunThatIsBrokenOffLeavesEverythingAsItWas() throws Exception {
        for (int i = 0; i < 2100; i++) {
            old.message(channel, producer, "m" + i, "x");
        }
        try (PruneRun run = pruner().begin().orElseThrow()) {
            assertThat(run.step()).isTrue();
        }
        assertThat(count("message")).isEqualTo(2100);
        assertThat(files()).isEmpty();

        assertThat(prune().deleted()).isEqualTo(2100);
    }

    @Test
    void whatIsHeldBackIsLookedAtOnceARun() {
        Seed seed = new Seed(database);
        seed.dead(channel, consumer, 4500, "status-500", longAgo);
        InstantSource later = () -> now.plus(60, ChronoUnit.DAYS);
        seed.delivered(channel, consumer, 10);

        PruneRun.Progress progress = prune(settings.pruner(database, registry, later));

        assertThat(progress.scanned()).isEqualTo(4510);
        assertThat(progress.deleted()).isEqualTo(10);
        assertThat(count("message")).isEqualTo(4500);
    }

    @Test
    void intakeGoesOnMeanwhile() throws Exception {
        for (int i = 0; i < 1500; i++) {
            old.message(channel, producer, "m" + i, "x", delivered(), delivered());
        }
        settings.batchSize = 50;
        settings.maxFileSize = DataSize.kibibytes(100);
        Seed seed = new Seed(database);
        AtomicBoolean enough = new AtomicBoolean();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        Future<Integer> intake = executor.submit(() -> {
            int sent = 0;
            for (; !enough.get(); sent += 6) {
                seed.queued(channel, consumer, 3);
                seed.delivered(channel, consumer, 3);
            }
            return sent;
        });
        try {
            assertThat(prune().deleted()).isEqualTo(1500);
        } finally {
            enough.set(true);
            executor.shutdown();
        }
        long sent = intake.get();
        assertThat(count("message")).isEqualTo(sent).isPositive();
        Books.assertBalanced(database);
    }

    private void useRemote() {
        settings.remoteDestination = "s3";
        settings.remoteUrl = storage.url();
    }

    private Pruner pruner() {
        return settings.pruner(database, registry, InstantSource.system());
    }

    private PruneRun.Progress prune() {
        return prune(pruner());
    }

    private static PruneRun.Progress prune(Pruner pruner) {
        try (PruneRun run = pruner.begin().orElseThrow()) {
            boolean more = true;
            while (more) {
                more = run.step();
            }
            return run.progress();
        }
    }

    private Job delivered() {
        return new Job(consumer, State.DELIVERED);
    }

    private Job[] jobs(String states) {
        return Stream.of(states.split(" "))
                .filter(state -> !state.isEmpty())
                .map(state -> new Job(consumer, State.valueOf(state)))
                .toArray(Job[]::new);
    }

    private Set<String> stored() {
        return database.withHandle(handle -> new HashSet<>(handle.createQuery("SELECT public_id FROM message")
                .mapTo(String.class)
                .list()));
    }

    private long count(String table) {
        return database.withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM <table>")
                .define("table", table)
                .mapTo(Long.class)
                .one());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private Path onlyFile() throws IOException {
        assertThat(files()).hasSize(1);
        return files().get(0);
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(new JsonMapper().readTree(line));
        }
        return lines;
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
