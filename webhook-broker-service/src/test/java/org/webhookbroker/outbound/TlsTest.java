package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.impl.bootstrap.HttpAsyncServer;
import org.apache.hc.core5.http.nio.AsyncRequestConsumer;
import org.apache.hc.core5.http.nio.AsyncServerRequestHandler;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityConsumer;
import org.apache.hc.core5.http.nio.support.AsyncResponseBuilder;
import org.apache.hc.core5.http.nio.support.BasicRequestConsumer;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.http2.impl.nio.bootstrap.H2ServerBootstrap;
import org.apache.hc.core5.http2.ssl.H2ServerTlsStrategy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ListenerEndpoint;
import org.apache.hc.core5.ssl.SSLContexts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls to https consumers. */
class TlsTest {
    private final List<Message<HttpRequest, byte[]>> requests = Collections.synchronizedList(new ArrayList<>());
    private final SSLContext trusting = trusting();
    private HttpAsyncServer server = serve(HttpVersionPolicy.NEGOTIATE);

    TlsTest() throws Exception {}

    @AfterEach
    void close() {
        server.close(CloseMode.IMMEDIATE);
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpVersionPolicy.class,
            names = {"NEGOTIATE", "FORCE_HTTP_1"})
    void protocolIsNegotiated(HttpVersionPolicy consumer) throws Exception {
        server.close(CloseMode.IMMEDIATE);
        server = serve(consumer);
        try (WebhookClient client = new OutboundFactory().build(Clock.systemUTC(), host -> loopback(), trusting)) {
            Map<String, String> headers = Map.of("Content-Type", "a/b;;odd", "Connection", "close", "X-Cafe", "\u00e9");
            for (int i = 0; i < 20; i++) {
                Outcome outcome = Clients.send(client, new Call(url(), headers, Clients.BODY, Clients.LONG));
                assertThat(outcome).isEqualTo(new Outcome.Delivered(200));
            }
        }
        Message<HttpRequest, byte[]> request = requests.get(19);
        assertThat(request.getHead().getVersion().getMajor())
                .isEqualTo(consumer == HttpVersionPolicy.NEGOTIATE ? 2 : 1);
        assertThat(request.getBody()).isEqualTo(Clients.BODY);
        assertThat(request.getHead().getHeader("content-type").getValue()).isEqualTo("a/b;;odd");
    }

    @Test
    void certificateThatTheSystemDoesNotTrustIsRefused() throws Exception {
        try (WebhookClient client = Clients.client()) {
            Outcome outcome = Clients.send(client, Clients.call(url(), Clients.LONG));

            assertThat(outcome.reason()).isEqualTo("tls");
            assertThat(outcome.mayHaveArrived()).isFalse();
        }
        assertThat(requests).isEmpty();
    }

    @Test
    void certificateOfAnotherNameIsRefused() throws Exception {
        String other = url().replace("localhost", "other.test");
        try (WebhookClient client = new OutboundFactory().build(Clock.systemUTC(), host -> loopback(), trusting)) {
            assertThat(Clients.send(client, Clients.call(other, Clients.LONG)).reason())
                    .isEqualTo("tls");
        }
        assertThat(requests).isEmpty();
    }

    private static InetAddress[] loopback() {
        return new InetAddress[] {InetAddress.getLoopbackAddress()};
    }

    private String url() throws Exception {
        ListenerEndpoint endpoint = server.getEndpoints().iterator().next();
        return "https://localhost:" + ((InetSocketAddress) endpoint.getAddress()).getPort() + "/hook";
    }

    private static URL keyStore() {
        return Objects.requireNonNull(TlsTest.class.getResource("/localhost.p12"));
    }

    private static SSLContext trusting() throws Exception {
        return SSLContexts.custom()
                .loadTrustMaterial(keyStore(), "password".toCharArray())
                .build();
    }

    private HttpAsyncServer serve(HttpVersionPolicy policy) throws Exception {
        char[] password = "password".toCharArray();
        SSLContext context = SSLContexts.custom()
                .loadKeyMaterial(keyStore(), password, password)
                .build();
        HttpAsyncServer started = H2ServerBootstrap.bootstrap()
                .setVersionPolicy(policy)
                .setTlsStrategy(new H2ServerTlsStrategy(context))
                .setCanonicalHostName("localhost")
                .register("*", new Recorder())
                .create();
        started.start();
        started.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), URIScheme.HTTPS)
                .get();
        return started;
    }

    private final class Recorder implements AsyncServerRequestHandler<Message<HttpRequest, byte[]>> {
        @Override
        public AsyncRequestConsumer<Message<HttpRequest, byte[]>> prepare(
                HttpRequest request, EntityDetails entity, HttpContext context) {
            return new BasicRequestConsumer<>(new BasicAsyncEntityConsumer());
        }

        @Override
        public void handle(Message<HttpRequest, byte[]> request, ResponseTrigger trigger, HttpContext context)
                throws HttpException, IOException {
            request.getHead().setVersion(context.getProtocolVersion());
            requests.add(request);
            trigger.submitResponse(
                    AsyncResponseBuilder.create(200).setEntity("ok").build(), context);
        }
    }
}
