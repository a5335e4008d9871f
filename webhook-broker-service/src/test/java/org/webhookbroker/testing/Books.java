package org.webhookbroker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.job.TallyStore.Totals;
import org.webhookbroker.ops.RecountStore;
import org.webhookbroker.ops.RecountStore.Jobs;

/** Asserts that the counters agree with the rows of every consumer and channel (G2). */
public final class Books {
    private Books() {}

    public static void assertBalanced(Database database) {
        database.inSnapshot(handle -> {
            Map<Xid, Totals> totals = new TallyStore().all(handle);
            Map<Xid, Jobs> jobs = new RecountStore().jobs(handle, rows -> {});
            Map<Xid, Long> messages = new RecountStore().messages(handle, rows -> {});
            assertThat(totals.keySet()).containsAll(jobs.keySet()).containsAll(messages.keySet());
            totals.forEach((owner, counted) -> {
                Jobs found = jobs.getOrDefault(owner, Jobs.NONE);
                long live = isChannel(handle, owner) ? counted.stored() : counted.live();
                long rows = isChannel(handle, owner) ? messages.getOrDefault(owner, 0L) : found.live();
                assertThat(live).describedAs("live or stored of %s", owner).isEqualTo(rows);
                if (!isChannel(handle, owner)) {
                    assertThat(counted.delivered() - counted.archived())
                            .describedAs("delivered of %s", owner)
                            .isEqualTo(found.delivered());
                    assertThat(counted.dead()).describedAs("dead of %s", owner).isEqualTo(found.dead());
                }
            });
            return null;
        });
    }

    private static boolean isChannel(org.jdbi.v3.core.Handle handle, Xid owner) {
        return handle.createQuery("SELECT 1 FROM channel WHERE id = :id")
                .bind("id", owner)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }
}
