package org.webhookbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.webhookbroker.outbound.RawHttp2Consumer;

/** A broker behind TLS and HTTP/2 that ends connections and requests as RFC 9113 allows, and as it does not. */
@Timeout(120)
final class TlsClientTest {
    private final FakeTiming time = new FakeTiming();
    private RawHttp2Consumer server;

    @BeforeEach
    void start() throws Exception {
        server = new RawHttp2Consumer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private BrokerClientBuilder settings() {
        return BrokerClient.of(URI.create(server.url()))
                .attemptTimeout(Duration.ofSeconds(20))
                .timing(time.timing());
    }

    private static Producer producer(BrokerClient client) {
        return client.producer(new Credential("c", "ct"), new Credential("p", "pt"));
    }

    private static Message message(int number) {
        return Message.of("m" + number, "text/plain", new byte[10]);
    }

    /** Status 201, which no table of HPACK has. */
    private static void stored(RawHttp2Consumer.Connection connection, int stream) throws IOException {
        connection.frame(1, 0x5, stream, 0x08, 3, '2', '0', '1');
    }

    @Test
    void aRequestThatAGoawayOrAResetEndedIsMadeAgain() throws Exception {
        server.answers((connection, stream) -> {
            switch (server.requests().size()) {
                case 1 -> connection.goAway(0, 0);
                case 2 -> connection.goAway(Integer.MAX_VALUE, 2);
                case 3 -> connection.reset(stream, 7);
                case 4 -> connection.reset(stream, 2);
                case 5 -> connection.frame(0, 0, stream, 1, 2, 3);
                default -> stored(connection, stream);
            }
        });
        try (BrokerClient client = settings().tls(RawHttp2Consumer.trusting()).build()) {
            BroadcastResult result = producer(client).broadcast(message(1));
            assertThat(result).isEqualTo(new BroadcastResult("m1", false, 6));
        }
    }

    @Test
    void aBatchGoesOnAfterEachGoaway() throws Exception {
        server.answers((connection, stream) -> {
            if (server.requests().size() % 20 == 0) {
                connection.goAway(stream - 2, 0);
            } else {
                stored(connection, stream);
            }
        });
        try (BrokerClient client =
                settings().tls(RawHttp2Consumer.trusting()).concurrency(8).build()) {
            List<BatchResult> results = producer(client)
                    .broadcastAll(IntStream.range(0, 100)
                            .mapToObj(TlsClientTest::message)
                            .toList());
            assertThat(results).hasSize(100).allMatch(BatchResult::isStored);
        }
    }

    @Test
    void whoIsNotTrustedIsNotTriedAgain() {
        try (BrokerClient client = settings().build()) {
            assertThatThrownBy(() -> producer(client).broadcast(message(1)))
                    .isInstanceOfSatisfying(
                            BrokerException.class,
                            failure -> assertThat(failure.status()).isZero())
                    .hasMessageContaining("SSLHandshakeException");
        }
        assertThat(time.pauses).isEmpty();
        assertThat(server.requests()).isEmpty();
    }
}
