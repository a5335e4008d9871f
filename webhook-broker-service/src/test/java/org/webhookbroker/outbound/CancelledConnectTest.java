package org.webhookbroker.outbound;

import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.DefaultConnectingIOReactor;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.testing.ConsumerServer;

/** A connect that is cancelled at any moment leaves no connection, and none in the count of them. */
@Tag("G8")
class CancelledConnectTest {
    private static final int CONNECTS = 2000;

    private final ConsumerServer consumer = ConsumerServer.start();
    private final OpenConnections open = new OpenConnections(10);
    private final SynchronousQueue<Future<IOSession>> cancelled = new SynchronousQueue<>();
    private volatile boolean cancelAtEnd;
    private final DefaultConnectingIOReactor reactor = new DefaultConnectingIOReactor(
            (session, attachment) -> handler(),
            IOReactorConfig.custom().setIoThreadCount(1).build(),
            null,
            null,
            null,
            open,
            null);

    @BeforeEach
    void start() {
        reactor.start();
    }

    @AfterEach
    void close() {
        reactor.close(CloseMode.IMMEDIATE);
        consumer.close();
    }

    /** Made after the connect has succeeded, and before that is told. */
    private IOEventHandler handler() {
        if (cancelAtEnd) {
            try {
                cancelled.take().cancel(true);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return new Quiet();
    }

    @Test
    void betweenItsSuccessAndTheNewsOfIt() throws Exception {
        cancelAtEnd = true;
        for (int i = 0; i < 20; i++) {
            cancelled.put(connect());
        }
        await().until(() -> consumer.connections() == 20 && consumer.openConnections() == 0);
        cancelAtEnd = false;
        isRight();
    }

    @Test
    void atAnyMoment() throws Exception {
        for (int i = 0; i < CONNECTS; i++) {
            Future<IOSession> connecting = connect();
            long begin = System.nanoTime();
            long pause = ThreadLocalRandom.current().nextLong(200_000);
            while (System.nanoTime() - begin < pause) {
                Thread.onSpinWait();
            }
            if (!connecting.cancel(true)) {
                connecting.get().close(CloseMode.IMMEDIATE);
            }
        }
        isRight();
    }

    /** None is left, and the next one is one. */
    private void isRight() throws Exception {
        await().until(() -> open.count() == 0 && consumer.openConnections() == 0);
        connect().get();
        await().until(() -> open.count() == 1 && consumer.openConnections() == 1);
    }

    private Future<IOSession> connect() {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), consumer.port());
        return open.counting(reactor)
                .connect(
                        new HttpHost("127.0.0.1", consumer.port()),
                        address,
                        null,
                        Timeout.ofSeconds(60),
                        null,
                        new FutureCallback<>() {
                            @Override
                            public void completed(IOSession session) {}

                            @Override
                            public void failed(Exception failure) {}

                            @Override
                            public void cancelled() {}
                        });
    }

    /** Says nothing, and hears nothing. */
    private static final class Quiet implements IOEventHandler {
        @Override
        public void connected(IOSession session) {}

        @Override
        public void inputReady(IOSession session, @Nullable ByteBuffer source) {}

        @Override
        public void outputReady(IOSession session) {}

        @Override
        public void timeout(IOSession session, Timeout timeout) {}

        @Override
        public void exception(IOSession session, Exception failure) {}

        @Override
        public void disconnected(IOSession session) {}
    }
}
