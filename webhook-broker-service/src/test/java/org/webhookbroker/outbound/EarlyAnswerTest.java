package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ServerSocketFactory;
import org.apache.hc.core5.ssl.SSLContexts;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.testing.OwnThread;

/** A consumer that answers before it has read the body, and closes, which resets the connection: its answer is read first. */
@Tag("slow")
class EarlyAnswerTest {
    private static final int CALLS = 100;

    @ParameterizedTest
    @CsvSource({
        "413, 8000000, false",
        "429, 8000000, false",
        "200, 8000000, false",
        "413, 8000000, true",
        "413, 200000, false"
    })
    void noStatusIsLost(int status, int size, boolean tls) throws Exception {
        String closing = status < 400 ? "Connection: close\r\n" : "";
        String answer = "HTTP/1.1 " + status + " Early\r\n" + closing + "Content-Length: 0\r\n\r\n";
        try (ServerSocket consumer = consumer(tls);
                WebhookClient client = client()) {
            OwnThread.EACH.execute(() -> serve(consumer, answer));

            for (int i = 0; i < CALLS; i++) {
                assertThat(send(client, consumer, size, tls))
                        .as("call %d", i)
                        .extracting(Outcome::reason)
                        .isEqualTo("status-" + status);
            }
        }
    }

    @Test
    void itsWishIsHeard() throws Exception {
        try (ServerSocket consumer = consumer(false);
                WebhookClient client = client()) {
            OwnThread.EACH.execute(() -> serve(consumer, "HTTP/1.1 429 Slow\r\nRetry-After: 3\r\n\r\n"));

            assertThat(send(client, consumer, 8_000_000, false).retryHint())
                    .isEqualTo(Optional.of(Duration.ofSeconds(3)));
        }
    }

    /** Answers once a little of the request is here, and closes with the rest unread. */
    private static void serve(ServerSocket listener, String answer) {
        try {
            while (true) {
                try (Socket socket = listener.accept()) {
                    InputStream in = socket.getInputStream();
                    assertThat(in.read(new byte[100])).isPositive();
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException e) {
            if (!listener.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Outcome send(WebhookClient client, ServerSocket consumer, int size, boolean tls) {
        String url = (tls ? "https" : "http") + "://localhost:" + consumer.getLocalPort() + "/";
        return Clients.send(client, new Call(url, Map.of(), new byte[size], Clients.LONG));
    }

    private static WebhookClient client() throws Exception {
        return new OutboundFactory()
                .build(
                        java.time.Clock.systemUTC(),
                        host -> new InetAddress[] {InetAddress.getLoopbackAddress()},
                        TlsConsumer.trusting("localhost"));
    }

    private static ServerSocket consumer(boolean tls) throws Exception {
        char[] password = "password".toCharArray();
        ServerSocketFactory sockets = tls
                ? SSLContexts.custom()
                        .loadKeyMaterial(EarlyAnswerTest.class.getResource("/localhost.p12"), password, password)
                        .build()
                        .getServerSocketFactory()
                : ServerSocketFactory.getDefault();
        return sockets.createServerSocket(0, 100, InetAddress.getLoopbackAddress());
    }
}
