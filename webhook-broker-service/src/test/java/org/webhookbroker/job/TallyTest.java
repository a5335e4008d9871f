package org.webhookbroker.job;

import static org.assertj.core.api.Assertions.assertThat;

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
