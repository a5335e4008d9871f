package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.webhookbroker.outbound.RawHttp2Consumer.HEADERS;
import static org.webhookbroker.outbound.RawHttp2Consumer.WINDOW_UPDATE;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A consumer of HTTP/2 that has nearly no room for bodies at first. */
@Tag("G6")
@Tag("slow")
class Http2WindowTest {
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final Outcome DELIVERED = new Outcome.Delivered(200);
    private static final Outcome TIMEOUT =
            new Outcome.TimedOut("timeout", Reach.SOMEBODY, true, "The consumer did not answer in time");

    private final RawHttp2Consumer consumer = new RawHttp2Consumer();
    private final RawHttp2Consumer other = new RawHttp2Consumer();
    private final WebhookClient client = client();

    Http2WindowTest() throws Exception {
        consumer.begins((connection, stream) -> connection.setting(INITIAL_WINDOW_SIZE, 1));
    }

    private static WebhookClient client() throws Exception {
        OutboundFactory factory = new OutboundFactory();
        factory.ioThreads = 1;
        return factory.build(
                Clock.systemUTC(),
                host -> new InetAddress[] {InetAddress.getLoopbackAddress()},
                RawHttp2Consumer.trusting());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        consumer.close();
        other.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 70_000})
    void isOpenedForTheStream(int size) {
        consumer.onHead((connection, stream) -> {
            for (int i = 0; i < 4; i++) {
                connection.frame(WINDOW_UPDATE, 0, stream, 0, size >> 16, size >> 8, size);
            }
        });
        delivers();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 65_535, Integer.MAX_VALUE})
    void isOpenedByNewSettings(int size) {
        consumer.onHead((connection, stream) -> connection.setting(INITIAL_WINDOW_SIZE, size));
        delivers();
    }

    @Test
    void isClosedAgainWithinABody() {
        consumer.begins((connection, stream) -> connection.setting(INITIAL_WINDOW_SIZE, 3));
        consumer.onHead((connection, stream) -> {
            connection.setting(INITIAL_WINDOW_SIZE, 1); // It may be below zero now.
            connection.frame(WINDOW_UPDATE, 0, stream, 0, 0, 0, 2);
            connection.setting(INITIAL_WINDOW_SIZE, 100);
        });
        delivers();
    }

    @Test
    void whoHasNoRoomIsCutOffAndHoldsUpNobody() {
        List<CompletableFuture<Outcome>> stuck = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            stuck.add(client.send(call(consumer, Duration.ofSeconds(5))));
        }
        await().until(() ->
                consumer.received().stream().filter(type -> type == HEADERS).count() == 10);
        for (int i = 0; i < 20; i++) {
            assertThat(send(other)).isEqualTo(DELIVERED);
        }
        assertThat(stuck).noneMatch(CompletableFuture::isDone);
        assertThat(stuck.stream().map(Clients::await)).hasSize(10).containsOnly(TIMEOUT);
        assertThat(consumer.requests()).isEmpty();
        assertThat(client.inFlight()).isZero();
        await().until(() -> consumer.open() == 0);

        consumer.begins((connection, stream) -> connection.setting(INITIAL_WINDOW_SIZE, 100));
        assertThat(send(consumer)).isEqualTo(DELIVERED);
    }

    /** Whoever answers without the body needs no room for it. */
    @Test
    void anAnswerWithoutRoomCounts() {
        consumer.onHead((connection, stream) -> connection.ok(stream));
        assertThat(send(consumer)).isEqualTo(DELIVERED);
    }

    /** HttpCore (5.4.4) refuses SETTINGS with a window of zero, although they are right (RFC 9113, 6.5.2). */
    @Test
    void whoBeginsWithAWindowOfZeroIsNotReachedAndHoldsUpNobody() {
        consumer.begins((connection, stream) -> connection.setting(INITIAL_WINDOW_SIZE, 0));
        assertThat(send(consumer).reason()).isEqualTo("not-processed");
        assertThat(consumer.received()).doesNotContain(HEADERS);
        await().until(() -> consumer.open() == 0);
        assertThat(send(other)).isEqualTo(DELIVERED);
    }

    private void delivers() {
        for (int i = 0; i < 3; i++) {
            assertThat(send(consumer)).isEqualTo(DELIVERED);
        }
        assertThat(consumer.requests()).hasSize(3);
    }

    private Outcome send(RawHttp2Consumer to) {
        return Clients.send(client, call(to, Clients.LONG));
    }

    private static Call call(RawHttp2Consumer to, Duration timeout) {
        return new Call(to.url(), Map.of(), Clients.BODY, timeout);
    }
}
