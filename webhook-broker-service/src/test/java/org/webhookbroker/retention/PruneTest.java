package org.webhookbroker.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.util.DataSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.JobStore;
import org.webhookbroker.job.NewJob;
import org.webhookbroker.job.Tally;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.Books;
import org.webhookbroker.testing.History;
import org.webhookbroker.testing.History.Job;
import org.webhookbroker.testing.History.State;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

@Tag("G10")
@Tag("slow")
class PruneTest extends PruneFixture {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
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
        assertThat(sql.count("job") + sql.count("dead_job") + sql.count("delivered_job"))
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
    void nothingIsDeletedWhenTheUploadFails() throws Exception {
        useRemote();
        storage.putStatus = 403;
        old.message(channel, producer, "m", "x", delivered());

        assertThatThrownBy(this::prune)
                .isInstanceOf(RetentionException.class)
                .hasMessageContaining("retention.remoteUrl");

        assertThat(stored()).containsExactly("m");
        assertThat(files()).isEmpty();
        assertThat(sql.count("prune_lease")).isZero();
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

    /** The beginning of a large file reaches the disk before its end is written, a small one at its end only. */
    @ParameterizedTest
    @CsvSource({"1, false", "1, true", "200000, false", "200000, true"})
    @EnabledOnOs(OS.LINUX)
    void nothingIsDeletedWhenTheDiskOfTheArchivesIsFull(int size, boolean gzip) throws Exception {
        settings.gzip = gzip;
        String noise =
                new Random(1).ints(size, 'a', 'z').mapToObj(Character::toString).collect(Collectors.joining());
        old.message(channel, producer, "m", noise, delivered());
        Path part = folder.resolve(DateTimeFormatter.ofPattern("'local_node-a_'uuuu_MM_dd'T'HH_mm_ss'Z.jsonl'")
                        .withZone(ZoneOffset.UTC)
                        .format(now)
                + (gzip ? ".gz.part" : ".part"));
        Files.createSymbolicLink(part, Path.of("/dev/full"));
        Pruner pruner =
                settings.pruner(database, registry, InstantSource.fixed(now), new AuditTrail(database), REDACTED);

        assertThatThrownBy(() -> prune(pruner))
                .isInstanceOf(RetentionException.class)
                .hasRootCauseMessage("No space left on device");

        assertThat(stored()).containsExactly("m");
        assertThat(files()).isEmpty();
        assertThat(sql.count("prune_lease")).isZero();
        assertThat(prune(pruner).deleted())
                .as("by the next run, once there is room")
                .isEqualTo(1);
        assertThat(onlyFile()).isNotEmptyFile();
    }

    @Test
    void rowsAreThereUntilTheFileIsWhereItIsKept() {
        useRemote();
        List<Long> rows = new ArrayList<>();
        storage.arrived = () -> rows.add(sql.count("message") + sql.count("delivered_job"));
        old.message(channel, producer, "m", "x", delivered());

        prune();

        assertThat(rows).containsExactly(2L);
        assertThat(sql.count("message") + sql.count("delivered_job")).isZero();
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
        assertThat(sql.count("job")).isEqualTo(1);
        assertThat(sql.count("delivered_job")).isEqualTo(1);
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
        PruneRun dead = pruner().begin(Auditing.TEST).orElseThrow();
        assertThatThrownBy(dead::step).isInstanceOf(RetentionException.class);
        storage.arrived = () -> {};

        assertThat(pruner().begin(Auditing.TEST))
                .describedAs("the lease of the dead")
                .isEmpty();
        sql.execute("UPDATE prune_lease SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND");
        assertThat(prune().deleted()).isEqualTo(1);

        assertThat(storage.objects).hasSize(2);
        Books.assertBalanced(database);
        assertThatThrownBy(dead::step).hasMessageContaining("another one has begun");
        dead.close();
    }

    @Test
    void onlyOneRunAtATime() {
        PruneRun run = pruner().begin(Auditing.TEST).orElseThrow();

        assertThat(pruner().begin(Auditing.TEST)).isEmpty();

        run.close();
        assertThat(pruner().begin(Auditing.TEST)).hasValueSatisfying(PruneRun::close);
    }

    @Test
    void aRunThatIsBrokenOffLeavesEverythingAsItWas() throws Exception {
        for (int i = 0; i < 2100; i++) {
            old.message(channel, producer, "m" + i, "x");
        }
        try (PruneRun run = pruner().begin(Auditing.TEST).orElseThrow()) {
            assertThat(run.step()).isTrue();
        }
        assertThat(sql.count("message")).isEqualTo(2100);
        assertThat(files()).isEmpty();

        assertThat(prune().deleted()).isEqualTo(2100);
    }

    @Test
    void whatIsHeldBackIsLookedAtOnceARun() {
        Seed seed = new Seed(database);
        seed.dead(channel, consumer, 4500, "status-500", longAgo);
        InstantSource later = () -> now.plus(60, ChronoUnit.DAYS);
        seed.delivered(channel, consumer, 10);

        PruneRun.Progress progress =
                prune(settings.pruner(database, registry, later, new AuditTrail(database), REDACTED));

        assertThat(progress.scanned()).isEqualTo(4510);
        assertThat(progress.deleted()).isEqualTo(10);
        assertThat(sql.count("message")).isEqualTo(4500);
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
        assertThat(sql.count("message")).isEqualTo(sent).isPositive();
        Books.assertBalanced(database);
    }
}
