package org.webhookbroker.outbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.ssl.SSLContexts;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Consumers behind TLS that offer HTTP/2 by ALPN, here a Jetty. */
@Tag("slow")
class Http2ConsumerTest {
    @SuppressWarnings("ArrayRecordComponent")
    private record Received(String protocol, HttpFields headers, byte[] body) {}

    private final Queue<Received> received = new ConcurrentLinkedQueue<>();
    private final AtomicInteger cutOff = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final Server server = new Server();
    private WebhookClient client;

    @BeforeEach
    void start() throws Exception {
        server.addConnector(connector());
        server.setHandler(new Consumer());
        server.start();
        client = new OutboundFactory()
                .build(Clock.systemUTC(), host -> new InetAddress[] {InetAddress.getLoopbackAddress()}, trusting());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.stop();
    }

    @Test
    void aCallIsMadeByHttp2WithTheHeadersOfTheCallAndNoOthers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "Application/JSON ;charset=\"odd\"");
        headers.put("X-Broker-Message-ID", "m1");
        headers.put("X-Latin", "caf\u00e9");
        headers.put("X-Empty", "");
        headers.put("Connection", "close");
        headers.put("Transfer-Encoding", "chunked");

        assertThat(send("/ok?a=b%20c", headers, Clients.BODY)).isEqualTo(new Outcome.Delivered(200));

        Received request = received.remove();
        assertThat(request.protocol()).isEqualTo("HTTP/2.0");
        assertThat(request.body()).isEqualTo(Clients.BODY);
        assertThat(request.headers().get("content-type")).isEqualTo("Application/JSON ;charset=\"odd\"");
        assertThat(request.headers().get("x-latin")).isEqualTo(new String("caf\u00e9".getBytes(UTF_8), ISO_8859_1));
        assertThat(request.headers().getFieldNamesCollection().stream().map(String::toLowerCase))
                .containsExactlyInAnyOrder(
                        "content-type",
                        "content-length",
                        "x-broker-message-id",
                        "x-latin",
                        "x-empty",
                        "user-agent",
                        "accept-encoding");
    }

    @Test
    void aLargeBodyPassesTheWindowsOfFlowControl() {
        byte[] body = new byte[(16 << 20) - 1];
        new Random(2).nextBytes(body);

        assertThat(send("/ok", Map.of(), body)).isEqualTo(new Outcome.Delivered(200));

        assertThat(received.remove().body()).isEqualTo(body);
    }

    @Test
    void manyAtOnceAreAllDelivered() {
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            outcomes.add(client.send(new Call(url("/ok"), Map.of(), Clients.BODY, Clients.LONG)));
        }
        assertThat(outcomes.stream().map(Clients::await)).containsOnly(new Outcome.Delivered(200));
        assertThat(received).hasSize(200).allMatch(request -> request.protocol().equals("HTTP/2.0"));
    }

    @Test
    @Tag("G6")
    void aCallThatTimesOutIsCutOffAtTheConsumerTooAndTheNextOneArrives() {
        Outcome outcome = Clients.send(client, new Call(url("/hang"), Map.of(), Clients.BODY, Clients.SHORT));

        assertThat(outcome.reason()).isEqualTo("timeout");
        assertThat(outcome.mayHaveArrived()).isTrue();
        await().until(() -> cutOff.get() == 1);
        assertThat(send("/ok", Map.of(), Clients.BODY)).isEqualTo(new Outcome.Delivered(200));
    }

    @Test
    @Tag("G8")
    void anAnswerWithoutEndIsCutOffAndCountsByItsStatus() {
        assertThat(send("/endless", Map.of(), Clients.BODY)).isEqualTo(new Outcome.Delivered(200));
        await().until(() -> cutOff.get() == 1);
        await().until(() -> open.get() == 0);
    }

    @Test
    void anAnswerBeforeTheBodyWasReadCounts() {
        Outcome outcome = send("/early", Map.of(), new byte[4 << 20]);

        assertThat(outcome).isInstanceOf(Outcome.Rejected.class);
        assertThat(((Outcome.Rejected) outcome).status()).isEqualTo(413);
    }

    @Test
    void aKeptConnectionIsUsedAgain() {
        for (int i = 0; i < 20; i++) {
            assertThat(send("/ok", Map.of(), Clients.BODY)).isEqualTo(new Outcome.Delivered(200));
        }
        assertThat(connections).hasValue(1);
    }

    private Outcome send(String path, Map<String, String> headers, byte[] body) {
        return Clients.send(client, new Call(url(path), headers, body, Clients.LONG));
    }

    private String url(String path) {
        return "https://localhost:" + ((ServerConnector) server.getConnectors()[0]).getLocalPort() + path;
    }

    private ServerConnector connector() {
        HttpConfiguration http = new HttpConfiguration();
        http.addCustomizer(new SecureRequestCustomizer());
        http.setHeaderCacheCaseSensitive(true);
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setKeyStorePath(keyStore());
        tls.setKeyStorePassword("password");
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol("http/1.1");
        ServerConnector connector = new ServerConnector(
                server,
                new SslConnectionFactory(tls, alpn.getProtocol()),
                alpn,
                new HTTP2ServerConnectionFactory(http),
                new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.addBean(new Connection.Listener() {
            @Override
            public void onOpened(Connection connection) {
                if (connection instanceof SslConnection) {
                    connections.incrementAndGet();
                    open.incrementAndGet();
                }
            }

            @Override
            public void onClosed(Connection connection) {
                if (connection instanceof SslConnection) {
                    open.decrementAndGet();
                }
            }
        });
        return connector;
    }

    private static String keyStore() {
        return Objects.requireNonNull(Http2ConsumerTest.class.getResource("/localhost.p12"))
                .toString();
    }

    private static SSLContext trusting() throws Exception {
        return SSLContexts.custom()
                .loadTrustMaterial(Http2ConsumerTest.class.getResource("/localhost.p12"), "password".toCharArray())
                .build();
    }

    private final class Consumer extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            String path = Request.getPathInContext(request);
            if (path.equals("/early")) {
                response.setStatus(413);
                Content.Sink.write(response, true, "too large", callback);
                return true;
            }
            received.add(new Received(
                    request.getConnectionMetaData().getProtocol(),
                    request.getHeaders(),
                    Content.Source.asInputStream(request).readAllBytes()));
            switch (path) {
                case "/hang" ->
                    request.addFailureListener(failure -> {
                        cutOff.incrementAndGet();
                        callback.failed(failure);
                    });
                case "/endless" -> endless(response, callback);
                default -> Content.Sink.write(response, true, "ok", callback);
            }
            return true;
        }

        private void endless(Response response, Callback callback) {
            String piece = "x".repeat(8192);
            try {
                while (true) {
                    Content.Sink.asOutputStream(response).write(piece.getBytes(StandardCharsets.US_ASCII));
                    Content.Sink.asOutputStream(response).flush();
                }
            } catch (IOException over) {
                cutOff.incrementAndGet();
                callback.failed(over);
            }
        }
    }
}
