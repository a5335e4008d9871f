package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.Failure;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Message;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

/** A hundred thousand consumers may be registered: those who have no jobs cost neither memory nor statements. */
@Tag("G8")
class IdleConsumersTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final XidGenerator ids = new XidGenerator(Clock.systemUTC());
    private final Content content = new Content("text/plain", 0, Map.of(), new byte[10]);
    private final List<HeldJob> sent = new ArrayList<>();
    private Database database;
    private Registrar registrar;
    private Registry registry;
    private Incarnation incarnation;
    private SettleBuffer settling;
    private Lanes lanes;
    private LaneAdmission admission;
    private Rescuer rescuer;
    private List<Consumer> consumers;

    @BeforeEach
    void manyConsumers() {
        database = mariaDb.database();
        registrar = new Registrar(database);
        Xid channel = registrar.channel("c");
        for (int i = 0; i < 5; i++) {
            registrar.push(channel, "k" + i, "http://localhost/");
        }
        incarnation = new Incarnation(database, "test", Duration.ofMinutes(1));
        incarnation.begin();
        DispatchMetrics metrics = new DispatchMetrics(new PrometheusRegistry());
        settling = new SettleBuffer(database, metrics, () -> {});
        LaneLimits limits = new LaneLimits(4, 8, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 5);
        MemoryBudget budget = new MemoryBudget(16 << 20);
        lanes = new Lanes(each -> new Lane(each, limits, budget, incarnation, (lane, job) -> sent.add(job)), settling);
        admission = new LaneAdmission(lanes, Runnable::run);
        rescuer = new Rescuer(database, incarnation, lanes, new Rescuer.Takeover(Duration.ofMinutes(1), 5), metrics);
        registry = new Registry(database);
        registry.onChange(lanes::follow);
        registry.refresh();
        consumers = registry.current().consumersOf(channel);
    }

    @Test
    void onlyThoseWithJobsHaveALane() {
        List<Xid> jobs = new Seed(database)
                .queued(consumers.get(3).channel().id(), consumers.get(3).id(), 2);
        assertThat(lanes.all()).isEmpty();

        rescuer.runOnce();
        assertThat(lanes.all()).extracting(lane -> lane.consumer().publicId()).containsExactly("k3");
        new LeaseLoop(database, incarnation, lanes, settling).runOnce();

        assertThat(sent).extracting(job -> job.lease().id()).containsExactlyElementsOf(jobs);
    }

    /** What a look would find is known from the survey: a broadcast to ten thousand idle consumers makes no look. */
    @Test
    void afterASurveyTheFirstJobOfAConsumerNeedsNoLook() {
        assertThat(admission.reserve(consumers.get(0), content))
                .as("not before one")
                .isFalse();
        assertThat(lane(0).look()).isPresent();

        rescuer.runOnce();

        assertThat(admission.reserve(consumers.get(1), content)).isTrue();
        assertThat(lane(1).look()).isEmpty();
    }

    /** What waits for it was no push consumer's when the survey was made: new jobs must not go before it. */
    @Test
    @Tag("G11")
    void aConsumerThatBecomesAPushConsumerIsLookedAtAtOnce() {
        Consumer consumer = consumers.get(2);
        becomes(consumer, false);
        List<Xid> waiting = new Seed(database).queued(consumer.channel().id(), consumer.id(), 2);
        rescuer.runOnce();
        assertThat(lanes.all()).isEmpty();

        becomes(consumer, true);

        assertThat(lanes.all()).as("none for the others").containsExactly(lane(2));
        assertThat(admission.reserve(consumer, content)).isFalse();
        new LeaseLoop(database, incarnation, lanes, settling).runOnce();
        assertThat(sent).extracting(job -> job.lease().id()).containsExactlyElementsOf(waiting);
    }

    /** It had a job in flight for all the time that it was none. */
    @Test
    void aLaneThatStayedLooksToo() {
        rescuer.runOnce();
        Consumer consumer = consumers.get(2);
        deliverable(2);
        becomes(consumer, false);
        List<Xid> waiting = new Seed(database).queued(consumer.channel().id(), consumer.id(), 1);
        new LeaseLoop(database, incarnation, lanes, settling).runOnce();

        becomes(consumer, true);
        new LeaseLoop(database, incarnation, lanes, settling).runOnce();

        assertThat(sent).extracting(job -> job.lease().id()).hasSize(2).endsWith(waiting.get(0));
    }

    private void becomes(Consumer consumer, boolean push) {
        registrar.becomes(consumer.id(), push);
        registry.refresh();
    }

    @Test
    void aLaneEndsThatHasNothingToDo() {
        rescuer.runOnce();
        HeldJob job = deliverable(0);
        lanes.retireIdle();
        lanes.retireIdle();
        assertThat(lanes.all()).as("with a job in flight").hasSize(1);

        lane(0).attempts().completed(job, new Contact(Reachability.REACHED, Duration.ZERO, ""));
        lane(0).settled(new Settlement.Delivered(job.lease()));
        lanes.retireIdle();
        assertThat(lanes.all()).as("used since the last time").hasSize(1);
        lanes.retireIdle();
        assertThat(lanes.all()).isEmpty();

        deliverable(0);
        assertThat(sent).as("by the next lane").hasSize(2);
    }

    @Test
    void aLaneStaysThatKnowsSomething() {
        rescuer.runOnce();
        Contact reached = new Contact(Reachability.REACHED, Duration.ZERO, "");
        end(0, new Contact(Reachability.REACHED, Duration.ofHours(1), "status-429"), null);
        end(1, new Contact(Reachability.UNREACHABLE, Duration.ZERO, "connect"), null);
        end(2, reached, Duration.ofHours(1));
        end(3, reached, null);

        lanes.retireIdle();
        lanes.retireIdle();

        assertThat(lanes.all())
                .as("the consumer asked for time, is not there, or has a retry to come")
                .extracting(lane -> lane.consumer().publicId())
                .containsExactlyInAnyOrder("k0", "k1", "k2");
    }

    /** G8: intake may have a lane in its hands that ends. Its room would never be given back. */
    @Test
    void aLaneThatHasEndedTakesNothing() {
        rescuer.runOnce();
        assertThat(lanes.forJobs(consumers.get(0).id())).isNotNull();
        Lane lane = lane(0);
        lanes.retireIdle();
        lanes.retireIdle();

        assertThat(lanes.all()).isEmpty();
        assertThat(lane.reserveNew(0, 10)).isFalse();
    }

    private void end(int consumer, Contact contact, @Nullable Duration retry) {
        HeldJob job = deliverable(consumer);
        lane(consumer).attempts().completed(job, contact);
        lane(consumer)
                .settled(
                        retry == null
                                ? new Settlement.Delivered(job.lease())
                                : new Settlement.Retry(job.lease(), retry, new Failure("status-500", "", true)));
    }

    private HeldJob deliverable(int consumer) {
        Consumer of = consumers.get(consumer);
        Xid id = ids.block(2);
        LeasedJob lease = new LeasedJob(id.plus(1), id, of.id(), incarnation.id(), 0, content.size(), 0, false);
        assertThat(admission.reserve(of, content)).isTrue();
        admission.admit(of, lease, new Message(id, id, id, id.toString(), content, Instant.EPOCH, 1));
        return sent.get(sent.size() - 1);
    }

    private Lane lane(int consumer) {
        Lane lane = lanes.of(consumers.get(consumer).id());
        if (lane == null) {
            throw new AssertionError("no lane");
        }
        return lane;
    }
}
