package org.webhookbroker.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.RemovedConsumerJobs;
import org.webhookbroker.message.ChannelUse;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;

/** A node reads what changed, and nothing else; what it knows is always what the tables have (G3). */
@Tag("G3")
class RegistryDeltaTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private Database database;
    private Registry here;
    private RegistryStores elsewhere;

    @BeforeEach
    void setUp() {
        database = mariaDb.database();
        here = new Registry(database);
        RegistryWriter writer = new RegistryWriter(
                database,
                new Registry(database),
                new XidGenerator(InstantSource.system()),
                InstantSource.system(),
                new RegistryLimit(10_000),
                new AuditTrail(database));
        elsewhere = new RegistryStores(database, writer, new RemovedConsumerJobs(), new ChannelUse());
        producer("p1", "a");
        channel("c1", "a");
        consumer("c1", "k1", "a");
        consumer("c1", "k2", "a");
        here.refresh();
    }

    /** Otherwise a job could be made for a consumer before there may be a lane that is told of it. */
    @Test
    @Tag("G11")
    void listenersHearOfItBeforeAnybodyElse() {
        List<Long> known = new ArrayList<>();
        here.onChange(snapshot -> known.add(snapshot.version() - here.current().version()));
        channel("c2", "a");
        here.refresh();

        assertThat(known).containsExactly(0L, 1L);
        assertThat(here.current().channel("c2")).isPresent();
    }

    @Test
    void onlyWhatChangedIsRead() {
        channel("c2", "a");
        here.refresh();
        consumer("c2", "k1", "a");
        RegistrySnapshot before = here.refresh();

        consumer("c1", "k2", "b");
        consumer("c1", "k3", "a");
        producer("p2", "a");
        RegistrySnapshot after = here.refresh();

        assertThat(after.producer("p1")).containsSame(before.producer("p1").orElseThrow());
        assertThat(after.channel("c1")).containsSame(before.channel("c1").orElseThrow());
        assertThat(consumer(after, "k1")).isSameAs(consumer(before, "k1"));
        assertThat(consumer(after, "k2").token()).isEqualTo("b");
        assertThat(after.consumersOf(channel("c1").id()))
                .extracting(Consumer::publicId)
                .containsExactly("k1", "k2", "k3");
        assertThat(after.producer("p2")).isPresent();
        assertThat(after.consumersOf(channel("c2").id()))
                .as("nor looked at")
                .isSameAs(before.consumersOf(channel("c2").id()));
    }

    @Test
    void consumersKnowTheirChannelAsItIs() {
        Consumer before = consumer(here.current(), "k1");

        channel("c1", "b");

        assertThat(consumer(here.refresh(), "k1").channel().token()).isEqualTo("b");
        assertThat(consumer(here.current(), "k1").channel()).isSameAs(channel("c1"));
        assertThat(consumer(here.current(), "k1").id()).isEqualTo(before.id());
    }

    @Test
    void whatWasRemovedIsGoneAndTheRestIsNotRead() {
        RegistrySnapshot before = here.current();

        remove("k2");
        elsewhere.producers().remove("p1", UpdateCondition.none(), Auditing.TEST);
        RegistrySnapshot after = here.refresh();

        assertThat(after.producers()).isEmpty();
        assertThat(after.consumers()).singleElement().isSameAs(consumer(before, "k1"));
    }

    @Test
    void whatAnOlderReleaseChangedIsReadToo() {
        database.inTransaction(handle -> {
            handle.execute("UPDATE registry_version SET version = version + 1");
            return handle.execute("UPDATE consumer SET token = 'old release' WHERE public_id = 'k1'");
        });
        consumer("c1", "k2", "b");

        assertThat(consumer(here.refresh(), "k1").token()).isEqualTo("old release");
        assertThat(consumer(here.current(), "k2").token()).isEqualTo("b");
    }

    @Test
    void whatSomebodyDeletedByHandDoesNotStopTheNode() {
        mariaDb.sql().execute("DELETE FROM consumer WHERE public_id = 'k1'");
        consumer("c1", "k2", "b");

        assertThat(here.refresh().consumers()).extracting(Consumer::publicId).containsExactly("k2");
    }

    /** One row that a hand or an older release left behind must not stop the intake of all channels (G6). */
    @Test
    void aConsumerWithoutItsChannelIsLeftOut() {
        channel("c2", "a");
        consumer("c2", "k9", "a");
        here.refresh();
        String orphan = consumerOf("c2", "k9").id().toString();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(RegistryLoader.class);
        logger.addAppender(log);
        try {
            mariaDb.sql().execute("DELETE FROM channel WHERE public_id = 'c2'");
            producer("p1", "b");

            assertThat(here.refresh().producer("p1").orElseThrow().token()).isEqualTo("b");
            assertThat(here.current().consumers())
                    .extracting(Consumer::publicId)
                    .containsExactlyInAnyOrder("k1", "k2");
            assertThat(new Registry(database).refresh().consumers()).hasSize(2);
            assertThat(log.list)
                    .as("each of three nodes tells it")
                    .hasSize(3)
                    .allMatch(line -> line.getFormattedMessage().contains(orphan));

            RegistrySnapshot before = here.current();
            consumer("c1", "k2", "b");
            assertThat(consumer(here.refresh(), "k1")).isSameAs(consumer(before, "k1"));
            assertThat(log.list).as("and once").hasSize(3);
        } finally {
            logger.detachAppender(log);
        }
        mariaDb.sql().execute("UPDATE consumer SET channel_id = (SELECT id FROM channel WHERE public_id = 'c1')");
        producer("p1", "c");
        assertThat(here.refresh().consumers()).as("mended by hand").hasSize(3);
    }

    @Test
    void aConsumerCannotComeIntoAChannelThatIsGone() {
        channel("c2", "a");
        Channel gone = elsewhere.channels().find("c2").orElseThrow();
        elsewhere.channels().remove("c2", UpdateCondition.none(), Auditing.TEST);

        ConsumerValues late = new ConsumerValues(
                gone, new EntryValues("k", "k", "t"), "http://h/", ConsumerType.PUSH, Retries.AS_CONFIGURED);
        assertThatThrownBy(() -> elsewhere.consumers().put(late, UpdateCondition.none(), Auditing.PUT))
                .isInstanceOf(EntryRemovedException.class);
        assertThat(mariaDb.sql().count("consumer")).isEqualTo(2);
        assertThat(all(here.refresh())).isEqualTo(all(new Registry(database).refresh()));
    }

    @Test
    void whoIsFarBehindReadsAllAndTheChangesAreBounded() {
        for (int i = 0; i < RegistryChange.READ + 5; i++) {
            producer("p1", "t" + i);
        }
        assertThat(here.refresh().producer("p1").orElseThrow().token()).isEqualTo("t" + (RegistryChange.READ + 4));

        mariaDb.sql().execute("UPDATE registry_version SET version = version + 2000");
        producer("p1", "last");
        assertThat(mariaDb.sql().count("registry_change")).isEqualTo(1);
        assertThat(here.refresh().producer("p1").orElseThrow().token()).isEqualTo("last");
    }

    @Test
    void whatIsKnownIsWhatTheTablesHave() {
        Random random = new Random(17);
        for (int round = 0; round < 150; round++) {
            String name = "x" + random.nextInt(6);
            String token = "t" + random.nextInt(3);
            switch (random.nextInt(6)) {
                case 0 -> producer(name, token);
                case 1 -> channel(name, token);
                case 2 -> elsewhere.producers().remove(name, UpdateCondition.none(), Auditing.TEST);
                case 3 -> elsewhere.channels().remove(name, UpdateCondition.none(), Auditing.TEST);
                case 4 -> consumer("c1", name, token);
                default -> remove(name);
            }
            if (random.nextInt(3) == 0) {
                assertThat(all(here.refresh())).isEqualTo(all(new Registry(database).refresh()));
                assertThat(here.current().version())
                        .isEqualTo(new Registry(database).refresh().version());
            }
        }
    }

    private static List<List<? extends RegistryEntry>> all(RegistrySnapshot snapshot) {
        Comparator<RegistryEntry> byId = Comparator.comparing(RegistryEntry::id);
        return List.of(
                snapshot.producers().stream().sorted(byId).toList(),
                snapshot.channels().stream().sorted(byId).toList(),
                snapshot.channels().stream()
                        .sorted(byId)
                        .flatMap(channel -> snapshot.consumersOf(channel.id()).stream())
                        .toList());
    }

    private Channel channel(String id) {
        return here.current().channel(id).orElseThrow();
    }

    private Consumer consumer(RegistrySnapshot snapshot, String id) {
        return snapshot.consumer(channel("c1").id(), id).orElseThrow();
    }

    private Consumer consumerOf(String channel, String id) {
        return here.current().consumer(channel(channel).id(), id).orElseThrow();
    }

    private void producer(String id, String token) {
        elsewhere.producers().put(new EntryValues(id, id, token), UpdateCondition.none(), Auditing.PUT);
    }

    private void channel(String id, String token) {
        elsewhere.channels().put(new EntryValues(id, id, token), UpdateCondition.none(), Auditing.PUT);
    }

    private void consumer(String channel, String id, String token) {
        EntryValues values = new EntryValues(id, id, token);
        Channel of = elsewhere.channels().find(channel).orElseThrow();
        elsewhere
                .consumers()
                .put(
                        new ConsumerValues(of, values, "http://h/", ConsumerType.PUSH, Retries.AS_CONFIGURED),
                        UpdateCondition.none(),
                        Auditing.PUT);
    }

    private void remove(String consumer) {
        Channel of = elsewhere.channels().find("c1").orElseThrow();
        elsewhere.consumers().remove(of, consumer, UpdateCondition.none(), false, () -> true, Auditing.TEST);
    }
}
