package org.webhookbroker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.RecountStore;
import org.webhookbroker.job.RecountStore.Recount;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.job.TallyStore.Totals;
import org.webhookbroker.message.MessageRecountStore;

/** Asserts that the counters agree with the rows of every consumer and channel (G2). */
public final class Books {
    private Books() {}

    public static void assertBalanced(Database database) {
        database.inSnapshot(handle -> {
            Map<Xid, Totals> totals = new TallyStore().all(handle);
            Map<Xid, Recount> jobs = new RecountStore().recount(handle, rows -> {});
            Map<Xid, Long> messages = new MessageRecountStore().recount(handle, rows -> {});
            assertThat(totals.keySet()).containsAll(jobs.keySet()).containsAll(messages.keySet());
            totals.forEach((owner, counted) -> {
                Recount found = jobs.getOrDefault(owner, Recount.NONE);
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
