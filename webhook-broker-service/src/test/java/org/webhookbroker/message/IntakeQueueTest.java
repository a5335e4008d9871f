package org.webhookbroker.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.database.Xid;

@Tag("G8")
final class IntakeQueueTest {
    private static final Xid ANY = new Xid(1, 1);
    private static final IntakeQueue.Pause NO_PAUSE = () -> {};

    @Test
    void aGroupIsBoundedInJobsYetHasOneMessageAtLeast() throws InterruptedException {
        assertThat(groupOf(1)).isEqualTo(3);
        assertThat(groupOf(4_000)).isEqualTo(2);
        assertThat(groupOf(1_000_000)).isEqualTo(1);
    }

    @Test
    void aGroupIsBoundedInBytesYetHasOneMessageAtLeast() throws InterruptedException {
        assertThat(groupOf(1, 1 << 20)).isEqualTo(3);
        assertThat(groupOf(1, 2_000_000)).isEqualTo(2);
        assertThat(groupOf(1, 3 << 20)).isEqualTo(1);
        assertThat(groupOf(1, 5 << 20)).isEqualTo(1);
    }

    /** G6: each of the large ones takes a tenth of a second. */
    @Test
    void aSmallOneWaitsForOneLargeOneAtMost() throws InterruptedException {
        IntakeQueue<NewMessage> queue =
                new IntakeQueue<>(10, message -> message.content().payload().length * 1000, NO_PAUSE);
        List<Submission<NewMessage>> all =
                Stream.of(11, 12, 1, 13).map(IntakeQueueTest::message).toList();
        all.forEach(queue::offer);

        assertThat(queue.take(Duration.ofSeconds(1))).containsExactly(all.get(0), all.get(2));
        assertThat(queue.take(Duration.ofSeconds(1))).containsExactly(all.get(1));
        assertThat(queue.take(Duration.ofSeconds(1))).containsExactly(all.get(3));
    }

    /** G6: a large one waits for a transaction of its own, with what fits beside it. */
    @Test
    void aLargeOneDoesNotJoinThoseBeforeIt() throws InterruptedException {
        IntakeQueue<NewMessage> queue =
                new IntakeQueue<>(10, message -> message.content().payload().length * 1000, NO_PAUSE);
        List<Submission<NewMessage>> all =
                Stream.of(1, 11, 1).map(IntakeQueueTest::message).toList();
        all.forEach(queue::offer);

        assertThat(queue.take(Duration.ofSeconds(1))).containsExactly(all.get(0), all.get(2));
        assertThat(queue.take(Duration.ofSeconds(1))).containsExactly(all.get(1));
    }

    /** Alone, a message is committed at once; when many come, those that come in a pause share its commit. */
    @Test
    void onlyAfterManyTheNextWaitForMore() throws InterruptedException {
        List<IntakeQueue<NewMessage>> self = new ArrayList<>();
        IntakeQueue<NewMessage> queue = new IntakeQueue<>(100, message -> 1, () -> anotherOffers(self.get(0)));
        self.add(queue);

        assertThat(groupsAfter(queue, 7)).containsExactly(7, 1, 1);
        assertThat(groupsAfter(queue, 8)).containsExactly(8, 2, 1);
        assertThat(groupsAfter(queue, 32)).containsExactly(32, 2, 1);
        assertThat(queue.take(Duration.ZERO)).isEmpty();
    }

    /** It would only be delayed. */
    @Test
    void aGroupThatIsLargeEnoughWaitsForNobody() throws InterruptedException {
        List<IntakeQueue<NewMessage>> self = new ArrayList<>();
        IntakeQueue<NewMessage> queue = new IntakeQueue<>(200, message -> 1, () -> anotherOffers(self.get(0)));
        self.add(queue);

        assertThat(groupsOf(queue, 32, 32, 31)).containsExactly(32, 32, 32);
    }

    /** As a producer does: on a thread that must not wait for the one that pauses. */
    private static void anotherOffers(IntakeQueue<NewMessage> queue) throws InterruptedException {
        Thread producer = new Thread(() -> queue.offer(message(1)));
        producer.start();
        producer.join();
    }

    private static List<Integer> groupsAfter(IntakeQueue<NewMessage> queue, int first) throws InterruptedException {
        return groupsOf(queue, first, 1, 1);
    }

    private static List<Integer> groupsOf(IntakeQueue<NewMessage> queue, int... offered) throws InterruptedException {
        List<Integer> groups = new ArrayList<>();
        for (int count : offered) {
            for (int i = 0; i < count; i++) {
                queue.offer(message(1));
            }
            groups.add(queue.take(Duration.ofSeconds(1)).size());
        }
        return groups;
    }

    @Test
    void noMoreWaitThanMay() throws InterruptedException {
        IntakeQueue<NewMessage> queue = new IntakeQueue<>(2, message -> 1, NO_PAUSE);
        assertThat(queue.offer(message(1))).isTrue();
        assertThat(queue.offer(message(1))).isTrue();
        assertThat(queue.offer(message(1))).isFalse();

        assertThat(queue.take(Duration.ofSeconds(1))).hasSize(2);
        assertThat(queue.offer(message(1))).isTrue();

        assertThat(queue.close()).hasSize(1);
        assertThat(queue.offer(message(1))).isFalse();
    }

    private static int groupOf(int jobsOfEach) throws InterruptedException {
        return groupOf(jobsOfEach, 1);
    }

    private static int groupOf(int jobsOfEach, int bytesOfEach) throws InterruptedException {
        IntakeQueue<NewMessage> queue = new IntakeQueue<>(10, message -> jobsOfEach, NO_PAUSE);
        for (int i = 0; i < 3; i++) {
            queue.offer(message(bytesOfEach));
        }
        return queue.take(Duration.ofSeconds(1)).size();
    }

    private static Submission<NewMessage> message(int bytes) {
        return new Submission<>(new NewMessage(ANY, ANY, "m", new Content("text/plain", 0, Map.of(), new byte[bytes])));
    }
}
