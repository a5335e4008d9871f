package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.webhookbroker.dispatch.Jobs.queued;

import io.dropwizard.util.DataSize;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.Failure;
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
import org.webhookbroker.testing.Seed;

class LanesTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final XidGenerator ids = new XidGenerator(Clock.systemUTC());
    private final MemoryBudget budget = new MemoryBudget(DataSize.mebibytes(16).toBytes());
    private final Content large = new Content("text/plain", 0, Map.of(), new byte[100_000]);
    private final List<HeldJob> sent = new ArrayList<>();
    private Runnable whenSent = () -> {};
    private Database database;
    private Registry registry;
    private Incarnation incarnation;
    private SettleBuffer settling;
    private Lanes lanes;
    private LaneStatus status;
    private LaneAdmission admission;
    private Consumer consumer;

    @BeforeEach
    void oneConsumer() {
        database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        Xid id = registrar.push(registrar.channel("c"), "k", "http://localhost/");
        registry = new Registry(database);
        incarnation = new Incarnation(database, "test", Duration.ofMinutes(1));
        incarnation.begin();
        settling = new SettleBuffer(database, new DispatchMetrics(new PrometheusRegistry()), () -> {});
        LaneLimits limits = new LaneLimits(1, 8, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 5);
        lanes = new Lanes(each -> new Lane(each, limits, budget, incarnation, this::send), settling);
        status = new LaneStatus(lanes);
        admission = new LaneAdmission(lanes, Runnable::run);
        registry.onChange(lanes::follow);
        consumer = registry.refresh().consumer(id).orElseThrow();
        offer().to(lane());
    }

    private void send(Lane lane, HeldJob job) {
        sent.add(job);
        whenSent.run();
    }

    /** G8: room is given back where it was taken, also when the consumer was pull for a moment. */
    @Test
    void roomReservedBeforeAConsumerWasPullForAMomentIsGivenBack() {
        assertThat(admission.reserve(consumer, large)).isTrue();
        assertThat(budget.shared()).isPositive();

        type(0);
        type(1);
        admission.cancel(consumer, large);

        assertThat(budget.shared()).isZero();
        assertThat(lane().isEmpty()).isTrue();
    }

    /** G4: what is in flight stays known when its lane has closed, or it would be given back while it is tried. */
    @Test
    void aJobInFlightIsKnownUntilItIsSettledAlthoughItsLaneHasClosed() throws Exception {
        HeldJob job = job(0);
        admission.reserve(consumer, job.message().content());
        admission.admit(consumer, job.lease(), job.message());
        assertThat(sent).hasSize(1);

        type(0);

        assertThat(status.inFlight()).isEqualTo(1);
        assertThat(status.holds(consumer.id(), job.lease().id())).isTrue();
        lane().settled(new Settlement.Delivered(job.lease()));
        registry.refresh();
        assertThat(status.holds(consumer.id(), job.lease().id())).isFalse();
    }

    /** G4: the outcome of the earlier lease may still be on its way to the table, and would end the new one. */
    @Test
    void aJobIsNotLeasedAgainBeforeItsOutcomeIsKnownToBeRecorded() {
        HeldJob job = job(0);
        admission.reserve(consumer, job.message().content());
        admission.admit(consumer, job.lease(), job.message());

        assertThat(offer(queued(job.lease(), 0)).to(lane()).choices).containsExactly(Choice.STOP);

        lane().settled(new Settlement.Delivered(job.lease()));
        assertThat(offer(queued(job.lease(), 0)).to(lane()).choices).containsExactly(Choice.TAKE);
    }

    /** G4: the same of a job whose message could not be read. */
    @Test
    void aJobThatCouldNotBeLoadedIsKnownUntilItIsReleased() throws Exception {
        Xid job = new Seed(database)
                .queued(consumer.channel().id(), consumer.id(), 1)
                .get(0);
        lane().queued(0);
        mariaDb.sql().execute("ALTER TABLE message RENAME TO hidden");

        new LeaseLoop(database, incarnation, lanes, settling).runOnce();

        mariaDb.sql().execute("ALTER TABLE hidden RENAME TO message");
        assertThat(status.holds(consumer.id(), job)).isTrue();
        settling.runOnce();
        assertThat(status.holds(consumer.id(), job)).isFalse();
        assertThat(status.areEmpty()).isTrue();
    }

    /** G7: an attempt that was never made says nothing of the consumer. */
    @Test
    void whatWasNotTriedOpensNoBreaker() {
        LaneLimits limits = new LaneLimits(1, 8, 2, Duration.ofMinutes(1), Duration.ofSeconds(1), 5);
        Lane lane = new Lane(consumer, limits, budget, incarnation, (same, job) -> sent.add(job));
        for (int i = 0; i < 5; i++) {
            HeldJob job = job(0);
            offer(queued(job.lease(), 0)).to(lane);
            lane.add(job);
        }
        lane.attempts().pump();
        for (Reachability reachability : new Reachability[] {
            Reachability.NOT_TRIED, Reachability.NOT_TRIED, Reachability.UNREACHABLE, Reachability.UNREACHABLE
        }) {
            lane.attempts().completed(sent.get(sent.size() - 1), new Contact(reachability, Duration.ZERO, "down"));
            lane.attempts().pump();
        }

        assertThat(sent).as("not the fifth").hasSize(4);
    }

    /** G8: a look that takes one job for want of memory must not lock hundreds, many times a second. */
    @Test
    void aLaneThatIsFullInBytesAsksForFewAndNotAtOnce() {
        int size = (int) DataSize.mebibytes(3).toBytes();
        LeasedJob job = job(0, size);
        Offer offer = offer(queued(job, 0), queued(job(0, size), 0));
        offer.more = true;
        offer.to(lane());
        assertThat(offer.wanted).isEqualTo(8);
        assertThat(offer.choices).containsExactly(Choice.TAKE, Choice.STOP);
        assertThat(lane().reserveNew(9, 1))
                .as("past what waits, for as long as that waits")
                .isFalse();

        assertThat(lane().look()).isEmpty();
        lane().settled(new Settlement.Delivered(job));
        assertThat(lane().look()).isPresent();
    }

    /** G4: a lease that became void between commit and admission starts no attempt. */
    @Test
    void aJobOfAnEndedIncarnationIsNotTried() {
        HeldJob job = job(0);
        admission.reserve(consumer, job.message().content());
        mariaDb.sql().execute("UPDATE incarnation SET ended = TRUE");
        incarnation.heartbeat();

        admission.admit(consumer, job.lease(), job.message());

        assertThat(sent).isEmpty();
    }

    /** Otherwise a message for a thousand consumers is a thousand turns of the dispatch thread, and each group of messages many thousands. */
    @Test
    void newJobsOfALaneTakeOneTurnOfTheDispatchThread() {
        Queue<Runnable> turns = new ArrayDeque<>();
        admission = new LaneAdmission(lanes, turns::add);
        HeldJob first = job(0);
        admit(first);
        admit(job(0));
        assertThat(turns).hasSize(1);

        turns.remove().run();
        assertThat(sent).containsExactly(first);

        lane().attempts().completed(first, new Contact(Reachability.REACHED, Duration.ZERO, ""));
        admit(job(0));
        assertThat(turns).as("what comes later has a turn again").hasSize(1);
        turns.remove().run();
        assertThat(sent).hasSize(2);
    }

    /** Otherwise it would wait until the lease loop comes by. */
    @Test
    void aJobThatComesWhileItsLaneHasATurnGetsAnotherOne() {
        Queue<Runnable> turns = new ArrayDeque<>();
        admission = new LaneAdmission(lanes, turns::add);
        whenSent = () -> admit(job(0));
        admit(job(0));

        turns.remove().run();
        assertThat(sent).hasSize(1);
        assertThat(turns).hasSize(1);
    }

    private void admit(HeldJob job) {
        admission.reserve(consumer, job.message().content());
        admission.admit(consumer, job.lease(), job.message());
    }

    /** G6: retries do not hold up first attempts, nor the other way round, also with one attempt at a time. */
    @Test
    void retriesAndFirstAttemptsTakeTurns() {
        for (int attempts : new int[] {0, 0, 0, 1, 1, 1}) {
            HeldJob job = job(attempts);
            admission.reserve(consumer, job.message().content());
            admission.admit(consumer, job.lease(), job.message());
        }
        for (int i = 0; i < 5; i++) {
            lane().attempts().completed(sent.get(i), new Contact(Reachability.REACHED, Duration.ZERO, "down"));
            lane().attempts().pump();
        }

        assertThat(sent).extracting(HeldJob::isRetry).containsExactly(false, true, false, true, false, true);
    }

    /** G6: half of the room is for first attempts, however many retries are due and however slow they are. */
    @Test
    void retriesLeaveRoomForFirstAttempts() {
        List<LeasedJob> retries = Stream.generate(() -> job(1).lease()).limit(4).toList();
        Offer offer = offer(retries.stream().map(job -> queued(job, 0)).toArray(LiveJob[]::new));
        offer.retriesWait = true;
        offer.to(lane());
        assertThat(offer.roomForRetries).isZero();

        assertThat(lane().look()).as("while there is no room for them").isEmpty();
        assertThat(admission.reserve(consumer, job(0).message().content())).isTrue();

        lane().noticed();
        assertThat(lane().look()).as("nor each time another loop has seen them").isEmpty();

        lane().settled(new Settlement.Delivered(retries.get(0)));
        assertThat(lane().look()).as("nor for each single one").isEmpty();
        lane().settled(new Settlement.Delivered(retries.get(1)));
        assertThat(lane().look()).isPresent();
    }

    /** A job that is queued again is looked for when it is due, and not only once another loop has seen it. */
    @Test
    void whatIsQueuedAgainIsLookedForWhenItIsDue() {
        Failure failure = new Failure("status-500", "Internal Server Error", true);
        LeasedJob soon = job(0, 10);
        LeasedJob later = job(0, 10);
        LeasedJob over = job(0, 10);
        offer(queued(soon, 0), queued(later, 0), queued(over, 0)).to(lane());

        lane().settled(new Settlement.Delivered(over));
        assertThat(lane().look()).as("nothing is queued").isEmpty();
        lane().settled(new Settlement.Retry(later, Duration.ofHours(1), failure));
        assertThat(lane().look()).as("not due yet").isEmpty();
        lane().settled(new Settlement.Retry(soon, Duration.ZERO, failure));
        assertThat(lane().look()).isPresent();
    }

    private Offer offer(LiveJob... jobs) {
        return new Offer(database, incarnation.id(), jobs);
    }

    private Lane lane() {
        Lane lane = lanes.forJobs(consumer.id());
        if (lane == null) {
            throw new AssertionError("no lane");
        }
        return lane;
    }

    private LeasedJob job(int attempts, int size) {
        Xid id = ids.block(2);
        return new LeasedJob(id.plus(1), id, consumer.id(), incarnation.id(), 0, size, attempts, false);
    }

    private HeldJob job(int attempts) {
        Xid id = ids.block(2);
        Content content = new Content("text/plain", 0, Map.of(), new byte[10]);
        LeasedJob lease =
                new LeasedJob(id.plus(1), id, consumer.id(), incarnation.id(), 0, content.size(), attempts, false);
        return new HeldJob(lease, new Message(id, id, id, id.toString(), content, Instant.EPOCH, 1));
    }

    /** 0 pull, 1 push. */
    private void type(int code) {
        database.inTransaction(handle -> {
            handle.execute("UPDATE registry_version SET version = version + 1");
            return handle.execute("UPDATE consumer SET type = ?", code);
        });
        registry.refresh();
    }
}
