package org.webhookbroker.retention;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dropwizard.util.Duration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.History;
import org.webhookbroker.testing.History.Job;
import org.webhookbroker.testing.History.State;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Sql;

/** A channel with old messages, a folder and a storage for archives, and pruning with settings that a test changes. */
abstract class PruneFixture {
    /** As the configuration has it by default. */
    static final List<String> REDACTED = List.of("authorization", "cookie");

    final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    final Instant longAgo = now.minus(31, ChronoUnit.DAYS);

    @TempDir
    Path folder;

    final Storage storage = new Storage();
    final RetentionFactory settings = new RetentionFactory();
    Database database;
    Sql sql;
    Registry registry;
    Xid channel;
    Xid producer;
    Xid consumer;
    History old;

    /** Of the test class, which has a schema of its own. */
    abstract MariaDbExtension mariaDb();

    @BeforeEach
    void setUp() {
        System.setProperty("aws.accessKeyId", "key");
        System.setProperty("aws.secretAccessKey", "secret");
        settings.nodeName = "node-a";
        settings.messageDays = 30;
        settings.localPath = folder.toString();
        settings.pause = Duration.milliseconds(0);
        database = mariaDb().database();
        sql = mariaDb().sql();
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

    void useRemote() {
        settings.remoteUrl = storage.url();
    }

    Pruner pruner() {
        return settings.pruner(database, registry, InstantSource.system(), new AuditTrail(database), REDACTED);
    }

    PruneRun.Progress prune() {
        return prune(pruner());
    }

    static PruneRun.Progress prune(Pruner pruner) {
        try (PruneRun run = pruner.begin(Auditing.TEST).orElseThrow()) {
            boolean more = true;
            while (more) {
                more = run.step();
            }
            return run.progress();
        }
    }

    Job delivered() {
        return new Job(consumer, State.DELIVERED);
    }

    Job[] jobs(String states) {
        return Stream.of(states.split(" "))
                .filter(state -> !state.isEmpty())
                .map(state -> new Job(consumer, State.valueOf(state)))
                .toArray(Job[]::new);
    }

    Set<String> stored() {
        return database.withHandle(handle -> new HashSet<>(handle.createQuery("SELECT public_id FROM message")
                .mapTo(String.class)
                .list()));
    }

    List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    Path onlyFile() throws IOException {
        assertThat(files()).hasSize(1);
        return files().get(0);
    }

    static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(new JsonMapper().readTree(line));
        }
        return lines;
    }

    static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
