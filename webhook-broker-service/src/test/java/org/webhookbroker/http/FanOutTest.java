package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.Job;
import org.webhookbroker.job.JobReads;
import org.webhookbroker.job.RemovedConsumerJobs;
import org.webhookbroker.message.Message;
import org.webhookbroker.message.MessageReads;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerStore;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.ConsumerValues;
import org.webhookbroker.registry.EntryValues;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.RegistryLimit;
import org.webhookbroker.registry.RegistryWriter;
import org.webhookbroker.registry.Retries;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.OwnThread;

/** G3: a message has a job for each consumer registered when it commits, whichever node the consumer came through. */
@Tag("G3")
final class FanOutTest {
    private static final int CONSUMERS = 40;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    /** @param before consumers whose registration was answered before the message was sent, so it must have jobs for them */
    private record Sent(String id, int before, int after) {}

    @Test
    void jobsAreThoseOfTheConsumersRegisteredAtTheCommit() {
        try (TestNode node = new TestNode(mariaDb.database()).started()) {
            ConsumerStore otherNode = otherNode(node);
            AtomicInteger begun = new AtomicInteger();
            AtomicInteger registered = new AtomicInteger();
            List<Consumer> consumers = new ArrayList<>();
            CompletableFuture<Void> registering = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < CONSUMERS; i++) {
                    begun.incrementAndGet();
                    consumers.add(register(otherNode, node, "k" + i));
                    registered.incrementAndGet();
                }
            });

            List<Sent> sent = broadcastUntil(registering, node, begun, registered);
            registering.join();
            sent.add(broadcast(new Requests(node), "last", begun, registered));

            for (Sent each : sent) {
                List<Job> jobs = jobs(node, each.id());
                assertThat(jobs).hasSizeBetween(each.before(), each.after());
                assertThat(jobs.stream().map(Job::consumerId))
                        .as("the first ones, in the order of the registry's versions")
                        .containsExactlyElementsOf(consumers.subList(0, jobs.size()).stream()
                                .map(Consumer::id)
                                .toList());
            }
            assertThat(jobs(node, "last")).hasSize(CONSUMERS);
        }
    }

    /** A registration that comes after a fan-out has read the registry is answered after the fan-out has committed. */
    @Test
    void nobodyRegistersWhileAFanOutRuns() {
        try (TestNode node = new TestNode(mariaDb.database())) {
            ConsumerStore otherNode = otherNode(node);
            CompletableFuture<Consumer> registering = node.database.inTransaction(handle -> {
                node.registry.lock(handle);
                CompletableFuture<Consumer> begun =
                        CompletableFuture.supplyAsync(() -> register(otherNode, node, "late"), OwnThread.EACH);
                mariaDb.sql().awaitLockWait("SELECT version FROM registry_version");
                assertThat(begun).isNotDone();
                return begun;
            });

            assertThat(registering.join().publicId()).isEqualTo("late");
        }
    }

    /** Another node: its own registry and writer on the same database. */
    private static ConsumerStore otherNode(TestNode node) {
        RegistryWriter writer = new RegistryWriter(
                node.database,
                new Registry(node.database),
                new XidGenerator(InstantSource.system()),
                InstantSource.system(),
                new RegistryLimit(1000),
                new AuditTrail(node.database));
        return new ConsumerStore(node.database, writer, new RemovedConsumerJobs());
    }

    private static Consumer register(ConsumerStore store, TestNode node, String id) {
        EntryValues values = new EntryValues(id, id, "kt");
        return store.put(
                        new ConsumerValues(
                                node.channel(), values, "http://host/" + id, ConsumerType.PULL, Retries.AS_CONFIGURED),
                        UpdateCondition.none(),
                        Auditing.PUT)
                .entry();
    }

    private static List<Sent> broadcastUntil(
            CompletableFuture<Void> end, TestNode node, AtomicInteger begun, AtomicInteger registered) {
        Requests requests = new Requests(node);
        List<CompletableFuture<List<Sent>>> senders = IntStream.range(0, 4)
                .mapToObj(sender -> CompletableFuture.supplyAsync(() -> {
                    List<Sent> sent = new ArrayList<>();
                    for (int i = 0; !end.isDone(); i++) {
                        sent.add(broadcast(requests, "m" + sender + "-" + i, begun, registered));
                    }
                    return sent;
                }))
                .toList();
        List<Sent> sent = new ArrayList<>();
        senders.forEach(sender -> sent.addAll(sender.join()));
        return sent;
    }

    private static Sent broadcast(Requests requests, String id, AtomicInteger begun, AtomicInteger registered) {
        int before = registered.get();
        assertThat(requests.broadcast("hi", "X-Broker-Message-ID", id).statusCode())
                .isEqualTo(201);
        return new Sent(id, before, begun.get());
    }

    /** Oldest first, which is the order in which consumers were registered. */
    private static List<Job> jobs(TestNode node, String messageId) {
        Message stored = new MessageReads(node.database)
                .find(node.channel().id(), messageId)
                .orElseThrow();
        List<Job> jobs = new ArrayList<>(new JobReads(node.database).ofMessage(stored.id(), stored.jobCount()));
        Collections.reverse(jobs);
        return jobs;
    }
}
