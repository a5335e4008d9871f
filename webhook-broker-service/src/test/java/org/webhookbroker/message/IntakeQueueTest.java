package org.webhookbroker.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.database.Xid;

@Tag("G8")
final class IntakeQueueTest {
    private static final Xid ANY = new Xid(1, 1);

    @Test
    void aGroupIsBoundedInJobsYetHasOneMessageAtLeast() throws InterruptedException {
        assertThat(groupOf(1)).isEqualTo(3);
        assertThat(groupOf(4_000)).isEqualTo(2);
        assertThat(groupOf(1_000_000)).isEqualTo(1);
    }

    private static int groupOf(int jobsOfEach) throws InterruptedException {
        IntakeQueue<NewMessage> queue = new IntakeQueue<>(10, message -> jobsOfEach);
        for (int i = 0; i < 3; i++) {
            queue.offer(new Submission<>(
                    new NewMessage(ANY, ANY, "m" + i, new Content("text/plain", 0, Map.of(), new byte[1]))));
        }
        return queue.take(Duration.ofSeconds(1)).size();
    }
}
