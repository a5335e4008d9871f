package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.webhookbroker.dispatch.Jobs.queued;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.LeaseStore.Choice;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.LiveJob;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Message;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;

/** When a lane takes a job that may be what kills its holders. */
@Tag("G5")
class SuspectsTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final XidGenerator ids = new XidGenerator(Clock.systemUTC());
    private final List<HeldJob> sent = new ArrayList<>();
    private Database database;
    private Incarnation incarnation;
    private Consumer consumer;
    private Lane lane;

    @BeforeEach
    void oneConsumer() {
        database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        Xid id = registrar.push(registrar.channel("c"), "k", "http://localhost/");
        consumer = new Registry(database).refresh().consumer(id).orElseThrow();
        incarnation = new Incarnation(database, "test", Duration.ofMinutes(1));
        incarnation.begin();
        lane = lane(1, 0);
    }

    /** G5: of jobs that only waited in the lanes of nodes that died none is buried: on its last chance each is tried next, and alone. */
    @Test
    void whatMayKillItsHoldersIsTakenOneAtATime() {
        HeldJob first = job(0);
        HeldJob second = job(0);
        Offer offer = offer(queued(first.lease(), 4), queued(second.lease(), 4), queued(second.lease(), 3));
        assertThat(offer.to(lane).choices)
                .as("not beside another, unless it is not yet suspect")
                .containsExactly(Choice.TAKE, Choice.LEAVE, Choice.TAKE);

        lane.settled(new Settlement.Delivered(first.lease()));
        Offer rolledBack = offer(queued(first.lease(), 4));
        rolledBack.failure = new IllegalStateException("rolled back");
        assertThatThrownBy(() -> rolledBack.to(lane)).isSameAs(rolledBack.failure);
        assertThat(rolledBack.choices).containsExactly(Choice.TAKE);

        assertThat(offer(queued(first.lease(), 4)).to(lane).choices).containsExactly(Choice.TAKE);
    }

    /** G5, G11: nor does it wait for the end of a backlog that has none. */
    @Test
    void whatMayKillItsHoldersIsTriedNext() {
        HeldJob suspect = job(1);
        for (HeldJob job : List.of(job(0), job(0), job(1), suspect)) {
            Offer offer = offer(queued(job.lease(), job.equals(suspect) ? 4 : 0));
            assertThat(offer.to(lane).choices).containsExactly(Choice.TAKE);
            lane.add(job);
        }
        lane.attempts().pump();

        assertThat(sent).containsExactly(suspect);
        assertThat(lane.attempts().drain()).hasSize(3).doesNotContain(suspect);
    }

    /** G5: while its breaker is open a lane sends one now and then, and the others wait. */
    @Test
    void whatMayKillItsHoldersIsNotTakenToWait() {
        lane = lane(4, 1);
        HeldJob job = job(0);
        Offer first = offer(queued(job.lease(), 0)).to(lane);
        assertThat(first.takeoversBelow).isGreaterThan(5);
        lane.add(job);
        lane.attempts().pump();
        lane.queued(0);
        Look look = lane.look().orElseThrow();

        lane.attempts().completed(job, new Contact(Reachability.UNREACHABLE, Duration.ZERO, "down"));

        Offer suspect = offer(queued(job(0).lease(), 4));
        look.run(database, suspect);
        assertThat(suspect.choices).containsExactly(Choice.LEAVE);
        assertThat(suspect.takeoversBelow).isEqualTo(4);
    }

    /** If no other can find out whether somebody is there again, it does, alone: otherwise it would wait for ever. */
    @Test
    void whatMayKillItsHoldersIsTheProbeIfThereIsNoOther() {
        lane = lane(4, 1);
        HeldJob first = job(0);
        offer(queued(first.lease(), 0)).to(lane);
        lane.add(first);
        lane.attempts().pump();
        lane.attempts().completed(first, new Contact(Reachability.UNREACHABLE, Duration.ZERO, "down"));
        lane.settled(new Settlement.Delivered(first.lease()));
        await().until(() -> lane.attempts().ask(Availability::mayCall));
        HeldJob suspect = job(0);
        assertThat(offer(queued(suspect.lease(), 4), queued(job(0).lease(), 4)).to(lane).choices)
                .containsExactly(Choice.TAKE, Choice.LEAVE);
        lane.add(suspect);
        lane.attempts().pump();
        assertThat(sent).containsExactly(first, suspect);

        lane.attempts().completed(suspect, new Contact(Reachability.UNREACHABLE, Duration.ZERO, "down"));
        lane.settled(new Settlement.Released(suspect.lease(), false));
        await().until(() -> lane.attempts().ask(Availability::mayCall));
        HeldJob other = job(0);
        offer(queued(other.lease(), 0)).to(lane);
        lane.add(other);
        assertThat(offer(queued(suspect.lease(), 4)).to(lane).choices)
                .as("the other can be the probe")
                .containsExactly(Choice.LEAVE);
    }

    private Lane lane(int maxInFlight, int breakerThreshold) {
        LaneLimits limits =
                new LaneLimits(maxInFlight, 8, breakerThreshold, Duration.ofSeconds(1), Duration.ofSeconds(1), 5);
        return new Lane(consumer, limits, new MemoryBudget(16 << 20), incarnation, (same, job) -> sent.add(job));
    }

    private Offer offer(LiveJob... jobs) {
        return new Offer(database, incarnation.id(), jobs);
    }

    private HeldJob job(int attempts) {
        Xid id = ids.block(2);
        Content content = new Content("text/plain", 0, Map.of(), new byte[10]);
        LeasedJob lease =
                new LeasedJob(id.plus(1), id, consumer.id(), incarnation.id(), 0, content.size(), attempts, false);
        return new HeldJob(lease, new Message(id, id, id, id.toString(), content, Instant.EPOCH, 1));
    }
}
