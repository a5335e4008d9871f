package org.webhookbroker.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Message;
import org.webhookbroker.message.MessageReads;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.Books;
import org.webhookbroker.testing.History;
import org.webhookbroker.testing.History.Job;
import org.webhookbroker.testing.History.State;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;

/** What was pruned comes back, once, and the counters know. */
@Tag("G2")
class RestoreTest {
    private final Instant longAgo = Instant.now().minus(31, ChronoUnit.DAYS).truncatedTo(ChronoUnit.MICROS);

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @TempDir
    Path folder;

    private final RetentionFactory settings = new RetentionFactory();
    private final List<String> told = new ArrayList<>();
    private Database database;
    private Registry registry;
    private Incarnation incarnation;
    private Xid channel;
    private Xid producer;
    private Consumer billing;
    private Consumer shipping;

    @BeforeEach
    void setUp() {
        settings.nodeName = "a";
        settings.messageDays = 30;
        settings.localPath = folder.toString();
        settings.pause = Duration.milliseconds(0);
        database = mariaDb.database();
        registry = new Registry(database);
        Registrar registrar = new Registrar(database);
        channel = registrar.channel("orders");
        producer = registrar.producer("shop");
        Xid first = registrar.push(channel, "billing", "http://127.0.0.1/");
        Xid second = registrar.push(channel, "shipping", "http://127.0.0.1/");
        billing = registry.refresh().consumer(first).orElseThrow();
        shipping = registry.current().consumer(second).orElseThrow();
        incarnation = new Incarnation(database, "test", java.time.Duration.ofMinutes(1));
        incarnation.begin();
    }

    @Test
    void restoredMessageIsTheOneThatWasPruned() {
        byte[] bytes = {(byte) 0xff, 0, 'x'};
        Content content = new Content("image/x", 9, Map.of("trace", "t"), bytes);
        history(longAgo).message(channel, producer, "m", content, delivered(billing));
        prune();

        assertThat(restore(request(billing)).restored()).isEqualTo(1);

        Message stored = new MessageReads(database).find(channel, "m").orElseThrow();
        assertThat(stored.content()).usingRecursiveComparison().isEqualTo(content);
        assertThat(stored.receivedAt()).isEqualTo(longAgo);
        assertThat(stored.producerId()).isEqualTo(producer);
        assertThat(one("""
                SELECT CONCAT_WS(' ', HEX(consumer_id), holder, priority, attempts, possible_duplicate,
                  due_at <= UTC_TIMESTAMP(6), message_id = (SELECT id FROM message)) FROM job
                """))
                .isEqualTo(HexFormat.of().withUpperCase().formatHex(billing.id().bytes()) + " 0 9 0 1 1 1");
        assertThat(told).containsExactly("billing 9");
        Books.assertBalanced(database);
    }

    @Test
    void theSameCommandTwiceRestoresOnce() {
        history(longAgo).message(channel, producer, "m", "x", delivered(billing));
        prune();

        restore(request(billing));
        RestoreRun.Progress again = restore(request(billing));

        assertThat(again.restored()).isZero();
        assertThat(again.known()).isEqualTo(1);
        assertThat(one("SELECT COUNT(*) FROM job")).isEqualTo("1");
        Books.assertBalanced(database);
    }

    @Test
    void anotherConsumerCanHaveItToo() {
        history(longAgo).message(channel, producer, "m", "x", delivered(billing));
        prune();
        restore(request(billing));

        assertThat(restore(request(shipping)).restored()).isEqualTo(1);

        assertThat(one("SELECT COUNT(*) FROM message")).isEqualTo("1");
        assertThat(one("SELECT COUNT(DISTINCT consumer_id) FROM job")).isEqualTo("2");
        Books.assertBalanced(database);
    }

    @Test
    void archivedTwiceIsRestoredOnce() throws Exception {
        for (int i = 0; i < 20; i++) {
            history(longAgo).message(channel, producer, "m" + i, "x", delivered(billing));
        }
        prune();
        Path archive = onlyFile();
        Files.write(folder.resolve("z.jsonl"), Files.readAllBytes(archive));
        Files.write(archive, Files.readAllBytes(archive), java.nio.file.StandardOpenOption.APPEND);

        RestoreRun.Progress progress = restore(request(billing));

        assertThat(progress.meant()).isEqualTo(60);
        assertThat(progress.restored()).isEqualTo(20);
        assertThat(progress.known()).isEqualTo(40);
        Books.assertBalanced(database);
    }

    @Test
    void aNewerMessageKeepsItsId() {
        history(longAgo).message(channel, producer, "m", "old", delivered(billing));
        prune();
        history(Instant.now()).message(channel, producer, "m", "new", delivered(billing));

        RestoreRun.Progress progress = restore(request(billing));

        assertThat(progress.taken()).isEqualTo(1);
        assertThat(one("SELECT payload FROM message")).isEqualTo("new");
        assertThat(one("SELECT COUNT(*) FROM job")).isEqualTo("0");
        Books.assertBalanced(database);
    }

    @Test
    void aStoredMessageWithoutRoomIsLeftAlone() throws Exception {
        history(longAgo).message(channel, producer, "m", "x", delivered(billing));
        prune();
        Path archive = onlyFile();
        history(longAgo).message(channel, producer, "m", "x", delivered(billing));

        assertThat(restore(request(shipping)).full()).isEqualTo(1);
        assertThat(archive).exists();
        Books.assertBalanced(database);
    }

    @Test
    void onlyWhatIsMeantIsRestored() {
        Xid other = new Registrar(database).channel("others");
        for (int day = 0; day < 4; day++) {
            history(longAgo.minus(day, ChronoUnit.DAYS)).message(channel, producer, "m" + day, "x", delivered(billing));
        }
        history(longAgo).message(other, producer, "foreign", "x");
        prune();

        Restorer.Request range = new Restorer.Request(
                billing,
                Optional.of(longAgo.minus(2, ChronoUnit.DAYS)),
                Optional.of(longAgo),
                Optional.empty(),
                Optional.empty());
        assertThat(dryRun(range).meant()).isEqualTo(2);
        assertThat(one("SELECT COUNT(*) FROM message")).isEqualTo("0");
        restore(range);
        assertThat(publicIds()).containsExactly("m1", "m2");

        restore(new Restorer.Request(billing, Optional.empty(), Optional.empty(), Optional.of("m3"), Optional.empty()));
        assertThat(publicIds()).containsExactly("m1", "m2", "m3");
        Books.assertBalanced(database);
    }

    @Test
    void readsAllFilesCompressedOrNotAndSaysWhichAreDamaged() throws Exception {
        settings.gzip = true;
        settings.maxFileSize = DataSize.kibibytes(1);
        for (int i = 0; i < 6; i++) {
            history(longAgo).message(channel, producer, "m" + i, "x", delivered(billing));
        }
        prune();
        settings.gzip = false;
        history(longAgo).message(channel, producer, "n", "x", delivered(billing));
        prune();
        Files.writeString(folder.resolve("local_a_0.jsonl"), "{\"message\":{\"MessageID\":\"cut");
        Files.writeString(folder.resolve("local_a_1.jsonl"), "[1]\n");
        Files.writeString(folder.resolve("local_a_2.jsonl.gz"), "no gzip");
        Files.writeString(folder.resolve("local_a_3.jsonl"), "");
        Files.writeString(folder.resolve("local_a_4.jsonl.part"), "x");

        try (RestoreRun run = restorer().begin(request(billing), Auditing.TEST)) {
            while (run.step(2)) {}
            assertThat(run.progress().restored()).isEqualTo(7);
            assertThat(run.damaged())
                    .extracting(Damage::file)
                    .containsExactly("local_a_0.jsonl", "local_a_1.jsonl", "local_a_2.jsonl.gz");
        }
        Books.assertBalanced(database);
    }

    @Test
    void restoredAndDeliveredItCanBePrunedAgain() {
        history(longAgo).message(channel, producer, "m", "x", delivered(billing));
        prune();
        restore(request(billing));
        database.inTransaction(handle -> {
            handle.execute("INSERT INTO delivered_job SELECT id, message_id, consumer_id, 0, changed_at FROM job");
            handle.execute("DELETE FROM job");
            new org.webhookbroker.job.Tally().delivered(billing.id(), 1).write(handle, 0);
            return null;
        });

        InstantSource later = () -> Instant.now().plus(32, ChronoUnit.DAYS);
        prune(settings.pruner(database, registry, later, new AuditTrail(database), PruneFixture.REDACTED));

        assertThat(one("SELECT COUNT(*) FROM message")).isEqualTo("0");
        assertThat(one("SELECT COUNT(*) FROM delivered_job")).isEqualTo("0");
        Books.assertBalanced(database);
    }

    @Test
    void theLargestPayloadSurvivesTheRoundTrip() {
        byte[] bytes = new byte[(16 << 20) - 1];
        Arrays.fill(bytes, (byte) 0x80);
        history(longAgo).message(channel, producer, "m", new Content("x/y", 0, Map.of(), bytes), delivered(billing));
        prune();

        restore(request(billing));

        assertThat(new MessageReads(database)
                        .find(channel, "m")
                        .orElseThrow()
                        .content()
                        .payload())
                .isEqualTo(bytes);
    }

    private History history(Instant at) {
        return new History(database, at);
    }

    private static Job delivered(Consumer consumer) {
        return new Job(consumer.id(), State.DELIVERED);
    }

    private static Restorer.Request request(Consumer consumer) {
        return new Restorer.Request(consumer, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private Restorer restorer() {
        return settings.restorer(
                database,
                registry,
                incarnation,
                new XidGenerator(Clock.systemUTC()),
                (consumer, priority) -> told.add(consumer.publicId() + " " + priority),
                new AuditTrail(database));
    }

    private RestoreRun.Progress restore(Restorer.Request request) {
        try (RestoreRun run = restorer().begin(request, Auditing.TEST)) {
            while (run.step(7)) {}
            return run.progress();
        }
    }

    private RestoreRun.Progress dryRun(Restorer.Request request) {
        try (RestoreRun run = restorer().begin(request, Auditing.TEST)) {
            while (run.dryStep()) {}
            return run.progress();
        }
    }

    private void prune() {
        prune(settings.pruner(
                database, registry, InstantSource.system(), new AuditTrail(database), PruneFixture.REDACTED));
    }

    private static void prune(Pruner pruner) {
        try (PruneRun run = pruner.begin(Auditing.TEST).orElseThrow()) {
            while (run.step()) {}
            assertThat(run.progress().deleted()).isPositive();
        }
    }

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    private List<String> publicIds() {
        return database.withHandle(handle -> handle.createQuery("SELECT public_id FROM message ORDER BY public_id")
                .mapTo(String.class)
                .list());
    }

    private String one(String query) {
        return database.withHandle(
                handle -> handle.createQuery(query).mapTo(String.class).one());
    }
}
