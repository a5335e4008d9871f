package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.DefaultConnectingIOReactor;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.Test;
import org.webhookbroker.outbound.address.OwnListeners;

/** What HttpCore makes of the options that it is given: 5.4 set neither, and each payload above 3 KB took 43 ms. */
class SocketOptionsTest {
    @Test
    void socketsToConsumersNeitherDelayNorOutliveTheirPeer() throws Exception {
        try (ServerSocket consumer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DefaultConnectingIOReactor reactor = new DefaultConnectingIOReactor(
                        (session, attachment) -> ignoringAll(),
                        new ClientBuilder(
                                        new OutboundFactory(),
                                        InetAddress::getAllByName,
                                        new OutboundFactory().tlsRules(Clock.systemUTC()),
                                        new OwnListeners())
                                .sockets(),
                        null)) {
            reactor.start();
            IOSession session = reactor.connect(
                            new HttpHost("consumer"),
                            new InetSocketAddress(consumer.getInetAddress(), consumer.getLocalPort()),
                            null,
                            Timeout.ofSeconds(30),
                            null,
                            null)
                    .get(30, TimeUnit.SECONDS);

            SocketChannel socket = (SocketChannel) session.channel();
            assertThat(socket.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
            assertThat(socket.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
            reactor.close(CloseMode.IMMEDIATE);
        }
    }

    private static IOEventHandler ignoringAll() {
        return (IOEventHandler) Proxy.newProxyInstance(
                SocketOptionsTest.class.getClassLoader(),
                new Class<?>[] {IOEventHandler.class},
                (proxy, method, args) -> null);
    }
}
