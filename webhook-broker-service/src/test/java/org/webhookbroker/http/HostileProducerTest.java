package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dropwizard.util.DataSize;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.quota.JobQuota;
import org.webhookbroker.quota.SendQuota;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.EntryValues;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.OwnThread;

/**
 * Somebody with the tokens of one producer and one channel, whose consumer is full, does its worst: no message of another producer to
 * another channel is refused.
 */
@Tag("G6")
@Tag("slow")
final class HostileProducerTest {
    private static final int SLOTS = 600;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Test
    void anotherChannelsIntakeGoesOn() throws Exception {
        try (TestNode node = new TestNode(mariaDb.database(), settings -> {
                    settings.intake.maxPayload = DataSize.bytes(1_000_000);
                    settings.intake.maxBytesInMemory = DataSize.mebibytes(16);
                    settings.quotas.producers = List.of(new SendQuota("", 500, 0, Duration.ofSeconds(1)));
                    settings.quotas.channels = List.of(new SendQuota("", 500, 0, Duration.ofSeconds(1)));
                    settings.quotas.consumers = List.of(new JobQuota("", "", 10, JobQuota.WhenFull.HOLDS));
                })
                .started()) {
            node.broker
                    .stores
                    .producers()
                    .put(new EntryValues("p2", "Prod", "pt"), UpdateCondition.none(), Auditing.PUT);
            node.broker
                    .stores
                    .channels()
                    .put(new EntryValues("c2", "Chan", "ct"), UpdateCondition.none(), Auditing.PUT);
            node.consumer("k", ConsumerType.PUSH);
            List<Socket> slow = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                slow.add(trickle(node));
            }
            Semaphore slots = new Semaphore(SLOTS);
            AtomicBoolean ends = new AtomicBoolean();
            Map<Integer, Integer> answers = new ConcurrentHashMap<>();
            CompletableFuture<Void> flood =
                    CompletableFuture.runAsync(() -> flood(node, slots, answers, ends), OwnThread.EACH);
            await().until(() -> answers.containsKey(201) && answers.containsKey(429));

            Requests victim = new Requests(node);
            for (int i = 0; i < 50; i++) {
                assertThat(victim.broadcastAsync(
                                        "/channel/c2/broadcast", new byte[10_000], "X-Broker-Producer-ID", "p2")
                                .join()
                                .statusCode())
                        .isEqualTo(201);
            }
            ends.set(true);
            flood.join();
            await().until(() -> slots.availablePermits() == SLOTS);
            for (Socket each : slow) {
                each.close();
            }
            await().until(() -> node.intake.budget().used() == 0);
        }
    }

    /** As many at once as there are slots, some of them large. */
    private static void flood(TestNode node, Semaphore slots, Map<Integer, Integer> answers, AtomicBoolean ends) {
        Requests attacker = new Requests(node);
        for (int i = 0; !ends.get(); i++) {
            slots.acquireUninterruptibly();
            CompletableFuture<?> unused = attacker.broadcastAsync(
                            "/channel/c1/broadcast", new byte[i % 2 == 0 ? 100 : 50_000])
                    .whenComplete((answer, failure) -> {
                        if (answer != null) {
                            answers.merge(answer.statusCode(), 1, Integer::sum);
                        }
                        slots.release();
                    });
        }
    }

    private static Socket trickle(TestNode node) throws Exception {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
        socket.getOutputStream()
                .write(("POST /channel/c1/broadcast HTTP/1.1\r\nHost: b\r\nX-Broker-Channel-Token: ct\r\n"
                                + "X-Broker-Producer-ID: p1\r\nX-Broker-Producer-Token: pt\r\n"
                                + "Content-Length: 1000000\r\n\r\n" + "x".repeat(20_000))
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
