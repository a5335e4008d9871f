package org.webhookbroker.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.webhookbroker.retention.ArchivedLineFixture.line;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.Books;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;

/** What is in an archive and is no message is counted, and the run goes on: with the next line, and with the next file. */
@Tag("G8")
@Tag("slow")
class DamagedArchiveTest {
    private static final int LARGEST = (16 << 20) - 1;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @TempDir
    Path folder;

    private final RetentionFactory settings = new RetentionFactory();
    private Database database;
    private Registry registry;
    private org.webhookbroker.registry.Consumer billing;
    private Incarnation incarnation;

    @BeforeEach
    void setUp() {
        settings.localPath = folder.toString();
        database = mariaDb.database();
        registry = new Registry(database);
        Registrar registrar = new Registrar(database);
        Xid channel = registrar.channel("orders");
        registrar.producer("shop");
        Xid consumer = registrar.push(channel, "billing", "http://127.0.0.1/");
        billing = registry.refresh().consumer(consumer).orElseThrow();
        incarnation = new Incarnation(database, "test", Duration.ofMinutes(1));
        incarnation.begin();
    }

    @ParameterizedTest
    @MethodSource("org.webhookbroker.retention.DamagedLines#all")
    void aBadLineIsCountedAndTheNextIsRead(DamagedLines.Bad bad) throws Exception {
        write("a.jsonl", line("before") + bad.line() + line("after") + bad.line());
        write("b.jsonl", line("other file"));

        RestoreRun run = restore();

        assertThat(run.damaged()).singleElement().satisfies(damage -> {
            assertThat(damage.lines()).isEqualTo(2);
            assertThat(damage.first()).isEqualTo(2);
            assertThat(damage.reason()).contains(bad.reason());
            assertThat(damage.cut()).isFalse();
            assertThat(damage.toString()).startsWith("a.jsonl: lines that are no messages: 2, the first is line 2: ");
        });
        assertThat(publicIds()).containsExactly("after", "before", "other file");
        assertThat(run.progress().restored()).isEqualTo(3);
        assertThat(mariaDb.sql().count("job")).isEqualTo(3);
        Books.assertBalanced(database);
    }

    @Test
    void bytesThatAreNoUtf8AreABadLine() throws Exception {
        write("a.jsonl", line("before") + line("bad@") + line("after"));
        byte[] bytes = Files.readAllBytes(folder.resolve("a.jsonl"));
        bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf('@')] = (byte) 0xff;
        Files.write(folder.resolve("a.jsonl"), bytes);

        assertThat(restore().damaged()).singleElement().matches(damage -> damage.lines() == 1);

        assertThat(publicIds()).containsExactly("after", "before");
    }

    @Test
    void whatIsUnusualAndSoundIsRead() throws Exception {
        write(
                "a.jsonl",
                "\n" + line("null headers", m -> m.putNull("Headers")) + "  \r\n"
                        + line(
                                "a producer without a name",
                                m -> m.withObject("ProducedBy").put("ProducerID", ""))
                        + line("largest", m -> m.put("Payload", "x".repeat(LARGEST)))
                        + line(
                                "exact",
                                m -> m.put("Payload", "\ufffd".repeat(LARGEST)).put("PayloadBase64", new byte[LARGEST]))
                        + line("\ud83d\ude00", m -> m.putObject("Headers").put("X-A", "gr\u00fc\u00df \t dich"))
                        + line(
                                        "more",
                                        m -> m.putObject("unknown")
                                                .putArray("deep")
                                                .add(1))
                                .replace("[]", "[{\"x\":[1]}]")
                        + line("no line feed").strip());

        RestoreRun run = restore();

        assertThat(run.damaged()).isEmpty();
        assertThat(run.progress().restored()).isEqualTo(7);
    }

    @Test
    void anIdThatComesTwiceIsRestoredOnce() throws Exception {
        write(
                "a.jsonl",
                line("m", m -> m.put("Payload", "first"))
                        + line("m", m -> m.put("Payload", "second"))
                        + line("m", m -> m.put("ReceivedAt", "2026-01-02T00:00:00Z"))
                        + line("n"));

        RestoreRun run = restore();

        assertThat(run.damaged()).isEmpty();
        assertThat(List.of(
                        run.progress().restored(),
                        run.progress().known(),
                        run.progress().taken()))
                .containsExactly(2L, 1L, 1L);
        assertThat(mariaDb.sql().textOf("SELECT payload FROM message WHERE public_id = 'm'"))
                .isEqualTo("first");
        Books.assertBalanced(database);
    }

    @Test
    void whatTheDatabaseRefusesIsCountedAndTheOthersAreStored() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            lines.append(line("m" + i));
        }
        write("a.jsonl", lines.toString());
        database.withHandle(handle -> handle.execute("""
                CREATE TRIGGER refuse BEFORE INSERT ON message FOR EACH ROW
                IF NEW.public_id = 'm13' THEN SIGNAL SQLSTATE '22001'; END IF
                """));
        try {
            RestoreRun run = restore();

            assertThat(run.progress().refused()).isEqualTo(1);
            assertThat(run.progress().restored()).isEqualTo(19);
            Books.assertBalanced(database);
        } finally {
            database.withHandle(handle -> handle.execute("DROP TRIGGER refuse"));
        }
    }

    @Test
    void allMembersOfACompressedFileAreRead() throws Exception {
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        for (int i = 0; i < 300; i++) {
            members.write(gzip(line("m" + i)));
        }
        Files.write(folder.resolve("a.jsonl.gz"), members.toByteArray());

        RestoreRun run = restore();

        assertThat(run.damaged()).isEmpty();
        assertThat(run.progress().restored()).isEqualTo(300);
    }

    @Test
    void aCompressedFileThatIsDamagedIsReadUpToThere() throws Exception {
        byte[] whole = gzip(line("m1") + line("m2") + random(200_000));
        byte[] next = gzip(line("after"));
        Map<String, byte[]> files = Map.of(
                "a.jsonl.gz", java.util.Arrays.copyOf(whole, whole.length - 9),
                "b.jsonl.gz", changed(whole, whole.length - 5),
                "c.jsonl.gz", changed(whole, whole.length / 2),
                "d.jsonl.gz", joined(whole, changed(next, 0)),
                "e.jsonl.gz", joined(whole, "text that is not compressed at all".getBytes(StandardCharsets.UTF_8)),
                "f.jsonl.gz", new byte[] {0x1f, (byte) 0x8b},
                "g.jsonl.gz", new byte[0],
                "h.jsonl.gz", line("plain").getBytes(StandardCharsets.UTF_8));
        for (var file : files.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
        write("z.jsonl", line("sound"));

        RestoreRun run = restore();

        assertThat(run.damaged()).hasSize(8).allMatch(Damage::cut);
        assertThat(run.damaged().get(7)).hasToString("h.jsonl.gz: not read to its end");
        assertThat(publicIds()).containsExactly("m1", "m2", "sound");
    }

    private void write(String name, String lines) throws IOException {
        Files.writeString(folder.resolve(name), lines);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    /** A line that does not compress, so that what comes before it is read long before the damage. */
    private static String random(int size) {
        byte[] bytes = new byte[size];
        new java.util.Random(1).nextBytes(bytes);
        return "\"" + Base64.getEncoder().encodeToString(bytes) + "\"\n";
    }

    private static byte[] changed(byte[] bytes, int at) {
        byte[] copy = bytes.clone();
        copy[at] ^= 0x55;
        return copy;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private RestoreRun restore() {
        Restorer restorer = settings.restorer(
                database,
                registry,
                incarnation,
                new XidGenerator(Clock.systemUTC()),
                (consumer, priority) -> {},
                new AuditTrail(database));
        Restorer.Request all =
                new Restorer.Request(billing, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        try (RestoreRun run = restorer.begin(all, Auditing.TEST)) {
            while (run.step(7)) {}
            return run;
        }
    }

    private List<String> publicIds() {
        return database.withHandle(handle -> handle.createQuery("SELECT public_id FROM message ORDER BY public_id")
                .mapTo(String.class)
                .list());
    }
}
