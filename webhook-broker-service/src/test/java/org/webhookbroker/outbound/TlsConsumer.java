package org.webhookbroker.outbound;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
import org.apache.hc.core5.ssl.SSLContexts;

/** A consumer behind TLS that answers 200. Its certificate is for one name, and signed by itself. */
final class TlsConsumer implements AutoCloseable {
    private static final char[] PASSWORD = "password".toCharArray();

    private final List<Message<HttpRequest, byte[]>> requests = Collections.synchronizedList(new ArrayList<>());
    private final HttpAsyncServer server;
    private final int port;

    /** @param name {@code localhost} or {@code consumer}, which is for consumer.test and xn--bcher-kva.test */
    TlsConsumer(String name, HttpVersionPolicy policy) throws Exception {
        SSLContext context = SSLContexts.custom()
                .loadKeyMaterial(keyStore(name), PASSWORD, PASSWORD)
                .build();
        server = H2ServerBootstrap.bootstrap()
                .setVersionPolicy(policy)
                .setTlsStrategy(new H2ServerTlsStrategy(context))
                .setCanonicalHostName(name.equals("localhost") ? name : name + ".test")
                .register("*", new Recorder())
                .register("xn--bcher-kva.test", "*", new Recorder())
                .create();
        server.start();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        InetSocketAddress bound =
                (InetSocketAddress) server.listen(any, URIScheme.HTTPS).get().getAddress();
        port = bound.getPort();
    }

    static SSLContext trusting(String name) throws Exception {
        return SSLContexts.custom().loadTrustMaterial(keyStore(name), PASSWORD).build();
    }

    private static URL keyStore(String name) {
        return Objects.requireNonNull(TlsConsumer.class.getResource("/" + name + ".p12"));
    }

    int port() {
        return port;
    }

    List<Message<HttpRequest, byte[]>> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        server.close(CloseMode.IMMEDIATE);
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
