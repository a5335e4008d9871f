package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.database.Xid;

/** One a minute for each key. */
class RefusedTasksTest {
    private static final Xid KEY = new Xid(1, 1);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final RefusedTasks refused = new RefusedTasks(nanos::get);

    @Test
    void theNextThatIsRecordedSaysHowManyWereNot() {
        assertThat(refused.toRecord(KEY)).hasValue(0);
        for (int i = 0; i < 59; i++) {
            nanos.addAndGet(1_000_000_000);
            assertThat(refused.toRecord(KEY)).isEmpty();
        }
        assertThat(refused.toRecord(new Xid(1, 2))).as("another key").hasValue(0);
        nanos.addAndGet(1_000_000_000);
        assertThat(refused.toRecord(KEY)).hasValue(59);
        assertThat(refused.toRecord(KEY)).isEmpty();
        nanos.addAndGet(RefusedTasks.PAUSE.toNanos());
        assertThat(refused.toRecord(KEY)).hasValue(1);
        nanos.addAndGet(RefusedTasks.PAUSE.toNanos());
        assertThat(refused.toRecord(KEY)).hasValue(0);
    }

    @Test
    @Tag("G8")
    void asManyKeysAreRememberedAsThereMayBe() {
        for (int i = 0; i < RefusedTasks.MOST + 100; i++) {
            assertThat(refused.toRecord(new Xid(2, i))).hasValue(0);
        }
        assertThat(refused.size()).isEqualTo(RefusedTasks.MOST);
        assertThat(refused.toRecord(new Xid(2, 100))).as("of those that stayed").isEmpty();
    }
}
