package org.webhookbroker.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.quota.ChannelRoom.Limit;
import org.webhookbroker.quota.JobQuota.WhenFull;

/** The books of what one node lets in between two looks at the counters. */
final class ChannelRoomTest {
    private final HeldRequests places = new HeldRequests(1000);
    private final ChannelRoom room = new ChannelRoom(places);

    private static Limit limit(WhenFull way, long jobs, long live) {
        return new Limit("k", new JobQuota("", "", jobs, way), jobs - live);
    }

    private void look(WhenFull way, long jobs, long live) {
        look(room, way, jobs, live);
    }

    private static void look(ChannelRoom room, WhenFull way, long jobs, long live) {
        room.beforeLook();
        room.looked(List.of(limit(way, jobs, live)));
    }

    @Test
    @Tag("G8")
    void noMoreThanTheQuotaAreLetInWhateverTheOrder() {
        Random random = new Random(8);
        int quota = 20;
        long live = 0;
        int open = 0;
        int letIn = 0;
        look(WhenFull.REFUSES, quota, 0);
        for (int i = 0; i < 100_000; i++) {
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    if (room.enter().isEmpty()) {
                        open++;
                        letIn++;
                    }
                }
                case 2 -> {
                    if (open > 0) {
                        open--;
                        boolean stored = random.nextInt(4) > 0;
                        live += stored ? 1 : 0;
                        room.leave(stored || random.nextBoolean());
                    }
                }
                case 3 -> live -= live > 0 ? 1 : 0;
                default -> {
                    // What ends while the counters are read may be in them already, or not.
                    room.beforeLook();
                    long read = live;
                    if (open > 0 && random.nextBoolean()) {
                        open--;
                        live++;
                        room.leave(true);
                        read += random.nextInt(2);
                    }
                    room.looked(List.of(limit(WhenFull.REFUSES, quota, read)));
                }
            }
            assertThat(live + open).isLessThanOrEqualTo(quota);
        }
        assertThat(letIn).as("and the room is used").isGreaterThan(10_000);
    }

    @Test
    void theTightestConsumerOfEachWayCounts() {
        room.looked(List.of(
                limit(WhenFull.HOLDS, 10, 10),
                limit(WhenFull.HOLDS, 1000, 0),
                limit(WhenFull.REFUSES, 100, 99),
                limit(WhenFull.REFUSES, 100, 0)));
        assertThat(room.reasonToHold()).isPresent();
        assertThat(room.enter()).isEmpty();
        Excess wall = room.enter().orElseThrow();
        assertThat(wall.text()).isEqualTo("the consumer `k` may have 100 live jobs, and has them");
        assertThat(wall.seconds()).isEqualTo(1);
        room.leave(false);
        assertThat(room.refusal()).isEmpty();
    }

    @Test
    void asManyGoOnAsThereIsRoomForThoseWhoCameFirst() {
        look(WhenFull.HOLDS, 10, 10);
        List<CompletableFuture<Void>> held = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            held.add(room.hold(1).orElseThrow());
        }
        look(WhenFull.HOLDS, 10, 8);
        assertThat(held).extracting(CompletableFuture::isDone).containsExactly(true, true, false, false, false);
        assertThat(places.count()).isEqualTo(3);
        look(WhenFull.HOLDS, 10, 0);
        assertThat(held).allMatch(CompletableFuture::isDone);
        assertThat(places.count()).isZero();
    }

    @Test
    void whoIsHeldGoesOnAfterAWhile() {
        look(WhenFull.HOLDS, 10, 1000);
        long start = System.nanoTime();
        CompletableFuture<Void> held = room.hold(1).orElseThrow();
        held.join();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(999));
        await().until(() -> places.count() == 0);
    }

    @Test
    @Tag("G6")
    @Tag("G8")
    void oneChannelLeavesPlacesToAnother() {
        ChannelRoom another = new ChannelRoom(places);
        int ofThis = fill(room, 1);
        int ofAnother = fill(another, 1);
        assertThat(ofThis).isEqualTo(HeldRequests.PLACES / 2);
        assertThat(ofAnother).isEqualTo(HeldRequests.PLACES / 4);
        assertThat(places.count()).isEqualTo(ofThis + ofAnother);
        await().until(() -> places.count() == 0);
    }

    @Test
    @Tag("G6")
    @Tag("G8")
    void oneChannelLeavesMemoryToAnother() {
        ChannelRoom another = new ChannelRoom(places);
        look(WhenFull.HOLDS, 10, 10);
        assertThat(room.refusal()).isEmpty();
        assertThat(fill(room, 100)).isEqualTo(5);
        assertThat(room.refusal()).as("before its body is read").isPresent();
        assertThat(fill(another, 10_000)).as("whatever its size").isEqualTo(1);
        await().until(() -> places.count() == 0);
        assertThat(fill(room, 100)).isEqualTo(5);
    }

    @Test
    @Tag("G6")
    @Tag("G8")
    void aPayloadLargerThanAllTheMemoryLeavesSomeToAnother() {
        ChannelRoom another = new ChannelRoom(places);
        assertThat(fill(room, 10_000)).isEqualTo(1);
        look(another, WhenFull.HOLDS, 10, 10);
        assertThat(another.refusal()).as("before its body is read").isEmpty();
        assertThat(fill(another, 50)).isEqualTo(5);
        await().until(() -> places.count() == 0);
        assertThat(fill(room, 100)).isEqualTo(5);
    }

    private static int fill(ChannelRoom channel, long payload) {
        int held = 0;
        while (channel.hold(payload).isPresent()) {
            held++;
        }
        return held;
    }
}
