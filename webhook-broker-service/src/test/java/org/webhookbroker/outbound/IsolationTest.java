package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;

/** One consumer, or one name server, takes nothing from another; the end of the client takes nothing from anybody. */
@Tag("G6")
class IsolationTest {
    /** Some more than there are connections. HttpClient fails those that wait one within the other when it closes, so not many more. */
    private static final int CALLS = 300;

    private final ConsumerServer consumer = ConsumerServer.start();
    private final WebhookClient client = Clients.client();

    @AfterEach
    void close() {
        client.close();
        consumer.close();
    }

    /** There are 64 threads for look-ups. Whoever has an address, or is known by name, needs none. */
    @Test
    void hangingNameServiceHoldsUpNobodyElse() {
        try (WebhookClient slow = Clients.client(factory -> {}, IsolationTest::lookup)) {
            assertThat(delivered(slow, "known.healthy")).isTrue();
            List<CompletableFuture<Outcome>> hanging = new ArrayList<>(hang(slow, 50));
            assertThat(delivered(slow, "new.healthy")).isTrue();
            hanging.addAll(hang(slow, 450));
            assertThat(delivered(slow, "known.healthy")).isTrue();
            assertThat(delivered(slow, "127.0.0.1")).isTrue();
            assertThat(hanging)
                    .allSatisfy(outcome ->
                            assertThat(Clients.await(outcome).reason()).isEqualTo("dns-timeout"));
        }
    }

    /** Whatever number of names of one domain hang. */
    @Test
    void aHangingDomainHoldsUpNoOther() {
        try (WebhookClient slow = Clients.client(factory -> {}, IsolationTest::lookup)) {
            List<CompletableFuture<Outcome>> hanging = IntStream.range(0, 500)
                    .mapToObj(i -> slow.send(Clients.call("http://host" + i + ".evil.test/", Clients.SHORT)))
                    .toList();
            assertThat(delivered(slow, "new.healthy")).isTrue();
            assertThat(hanging)
                    .allSatisfy(outcome ->
                            assertThat(Clients.await(outcome).reason()).isEqualTo("dns-timeout"));
        }
    }

    private boolean delivered(WebhookClient client, String host) {
        String url = consumer.url("/hook").replace("127.0.0.1", host);
        return Clients.send(client, Clients.call(url, Clients.LONG)).delivered();
    }

    private static List<CompletableFuture<Outcome>> hang(WebhookClient client, int count) {
        return Stream.generate(() -> "http://host" + UUID.randomUUID() + ".test/")
                .limit(count)
                .map(url -> client.send(Clients.call(url, Clients.SHORT)))
                .toList();
    }

    private static InetAddress[] lookup(String host) throws UnknownHostException {
        if (host.endsWith(".healthy")) {
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        }
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new UnknownHostException(host);
    }

    @Test
    void hungConsumerHoldsUpNobodyElse() {
        consumer.on("/hook", Behavior.hang());
        try (ConsumerServer healthy = ConsumerServer.start()) {
            List<CompletableFuture<Outcome>> hung = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                hung.add(client.send(Clients.call(consumer.url("/hook"), Clients.LONG)));
            }
            await().until(() -> consumer.connections() == 256);
            for (int i = 0; i < 200; i++) {
                assertThat(Clients.send(client, Clients.call(healthy.url("/hook"), Clients.LONG))
                                .delivered())
                        .isTrue();
            }
            assertThat(hung).noneMatch(CompletableFuture::isDone);
            assertThat(client.inFlight()).isEqualTo(CALLS);
        }
    }

    @Test
    void waitingForAConnectionSpendsNoAttempt() {
        consumer.on("/hook", Behavior.hang());
        try (WebhookClient narrow = Clients.client(factory -> factory.maxConnectionsPerRoute = 1)) {
            CompletableFuture<Outcome> first = narrow.send(Clients.call(consumer.url("/hook"), Clients.LONG));
            await().until(() -> consumer.requests().size() == 1);

            Outcome second = Clients.send(narrow, Clients.call(consumer.url("/hook"), Clients.SHORT));

            assertThat(second.reason()).isEqualTo("pool-timeout");
            assertThat(second.attempted()).isFalse();
            assertThat(second.mayHaveArrived()).isFalse();
            assertThat(first).isNotDone();
        }
    }

    @Test
    void connectionsOfTimedOutCallsAreFreeAgain() {
        consumer.on("/hook", Behavior.hang());
        try (WebhookClient narrow = Clients.client(factory -> factory.maxConnectionsPerRoute = 2)) {
            for (int i = 0; i < 5; i++) {
                CompletableFuture<Outcome> a = narrow.send(Clients.call(consumer.url("/hook"), Duration.ofMillis(50)));
                CompletableFuture<Outcome> b = narrow.send(Clients.call(consumer.url("/hook"), Duration.ofMillis(50)));
                assertThat(Clients.await(a)).isInstanceOf(Outcome.TimedOut.class);
                assertThat(Clients.await(b)).isInstanceOf(Outcome.TimedOut.class);
            }
            consumer.on("/hook", Behavior.status(200));
            assertThat(Clients.send(narrow, Clients.call(consumer.url("/hook"), Clients.LONG))
                            .delivered())
                    .isTrue();
        }
    }

    @Test
    void tooManyCallsInFlight() {
        consumer.on("/hook", Behavior.hang());
        try (WebhookClient small = Clients.client(factory -> factory.maxInFlight = 1)) {
            CompletableFuture<Outcome> first = small.send(Clients.call(consumer.url("/hook"), Clients.LONG));

            Outcome second = Clients.send(small, Clients.call(consumer.url("/hook"), Clients.LONG));

            assertThat(second.reason()).isEqualTo("overload");
            assertThat(second.attempted()).isFalse();
            assertThat(first).isNotDone();
        }
    }

    @Test
    void closeEndsEveryCall() {
        consumer.on("/hook", Behavior.hang());
        WebhookClient closing = Clients.client();
        List<CompletableFuture<Outcome>> calls = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            calls.add(closing.send(Clients.call(consumer.url("/hook"), Clients.LONG)));
        }
        await().until(() -> consumer.requests().size() == 256);

        closing.close();

        assertThat(calls)
                .allSatisfy(
                        call -> assertThat(call.getNow(new Outcome.Delivered(1)).reason())
                                .isEqualTo("shutdown"));
        assertThat(calls.stream().filter(call -> call.join().mayHaveArrived())).hasSize(256);
        assertThat(closing.inFlight()).isZero();
        Outcome late = Clients.send(closing, Clients.call(consumer.url("/hook"), Clients.LONG));
        assertThat(late.reason()).isEqualTo("shutdown");
        assertThat(late.attempted()).isFalse();
        closing.close();
    }
}
