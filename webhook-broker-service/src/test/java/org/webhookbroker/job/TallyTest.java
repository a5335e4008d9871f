package org.webhookbroker.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.TallyStore.Totals;
import org.webhookbroker.testing.MariaDbExtension;

@Tag("G2")
final class TallyTest {
    private static final int OWNERS = 1203;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Test
    void anyNumberOfOwnersIsCountedAndAddedToWhatWasThere() {
        write(1);
        write(1);
        write(2);

        Map<Xid, Totals> totals = mariaDb.database().withHandle(handle -> new TallyStore().all(handle));

        assertThat(totals).hasSize(OWNERS);
        IntStream.range(0, OWNERS).forEach(i -> {
            Totals counted = totals.getOrDefault(owner(i), Totals.NONE);
            assertThat(counted.accepted()).isEqualTo(3L * i);
            assertThat(counted.delivered()).isEqualTo(3L * (i % 2));
            assertThat(counted.dead()).isEqualTo(-3);
            assertThat(counted.firstDelivered() == null).isEqualTo(i % 2 == 0);
        });
    }

    /** Deaths are never taken back, as dead jobs are. */
    @Test
    void deathsAreAddedUp() {
        writeDead(2);
        writeDead(3);
        writeDead(-1);

        Totals totals = mariaDb.database().withHandle(handle -> new TallyStore().of(handle, owner(7)));

        assertThat(totals.dead()).isEqualTo(4);
        assertThat(totals.died()).isEqualTo(5);
    }

    /** The first delivery stays the first, whatever follows. */
    @Test
    void theFirstAndTheLastDeliveryAreKeptApart() {
        writeDelivered();
        Totals first = mariaDb.database().withHandle(handle -> new TallyStore().of(handle, owner(7)));
        writeDelivered();
        Totals both = mariaDb.database().withHandle(handle -> new TallyStore().of(handle, owner(7)));

        assertThat(both.firstDelivered()).isEqualTo(first.firstDelivered());
        assertThat(both.lastDelivered()).isAfter(first.lastDelivered());
    }

    /** What an ended incarnation has counted is added to the common counters, once. */
    @Test
    void anEndedIncarnationIsFoldedOnce() {
        mariaDb.database().inTransaction(handle -> {
            each(1).write(handle, Tally.COMMON);
            each(2).write(handle, 5);
            return null;
        });

        for (int i = 0; i < 2; i++) {
            mariaDb.database().inTransaction(handle -> {
                new TallyStore().fold(handle, 5);
                return null;
            });
            Totals totals = mariaDb.database().withHandle(handle -> new TallyStore().of(handle, owner(7)));
            assertThat(List.of(
                            totals.accepted(),
                            totals.delivered(),
                            totals.dead(),
                            totals.died(),
                            totals.removed(),
                            totals.archived()))
                    .containsExactly(30L, 6L, 9L, 9L, 12L, 3L);
        }
        assertThat(mariaDb.sql().count("tally", "incarnation = 5")).isZero();
    }

    private static Tally each(int times) {
        return new Tally()
                .accepted(owner(7), 10L * times)
                .delivered(owner(7), 2L * times)
                .dead(owner(7), 3L * times)
                .removed(owner(7), 4L * times)
                .archived(owner(7), times);
    }

    private static void writeDead(long count) {
        mariaDb.database().inTransaction(handle -> {
            new Tally().dead(owner(7), count).write(handle, 1);
            return null;
        });
    }

    private static void writeDelivered() {
        mariaDb.database().inTransaction(handle -> {
            new Tally().delivered(owner(7), 1).write(handle, 1);
            return null;
        });
    }

    private static void write(int incarnation) {
        Tally tally = new Tally();
        IntStream.range(0, OWNERS)
                .forEach(i ->
                        tally.accepted(owner(i), i).delivered(owner(i), i % 2).dead(owner(i), -1));
        mariaDb.database().inTransaction(handle -> {
            tally.write(handle, incarnation);
            return null;
        });
    }

    private static Xid owner(int number) {
        return new Xid(1, number);
    }
}
