package org.webhookbroker.fault;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Clients that send what no client should, over and over, and never read. Each round holds its connections for a while. */
final class HostileClients implements AutoCloseable {
    private static final String FORM = wire("""
            PUT /producer/stalled HTTP/1.1
            Host: x
            Content-Type: application/x-www-form-urlencoded
            Content-Length: 100

            token=""");
    private static final String BROADCAST = wire("""
            POST /channel/c/broadcast HTTP/1.1
            Host: x
            X-Broker-Channel-Token: ct
            X-Broker-Producer-ID: p
            X-Broker-Producer-Token: pt
            """);

    /** What one connection says, and how many say it in a round. */
    private enum Way {
        HEAD_THAT_NEVER_ENDS(300, "GET /producers HTTP/1.1\r\nHost: x\r\nX-Slow: "),
        FORM_THAT_STALLS(32, FORM),
        BODY_THAT_STALLS(32, BROADCAST + "Content-Length: 1000000\r\n\r\n" + "z".repeat(30_000)),
        BROKEN_CHUNKS(10, BROADCAST + "Transfer-Encoding: chunked\r\n\r\n1;a=\"\r\nX\r\n0\r\n\r\n"),
        UNREAD_PIPELINE(10, "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(200)),
        SILENCE(50, ""),
        NOT_HTTP(10, "\u0016\u0003\u0001" + "q".repeat(500) + "\r\n\r\n");

        private final int connections;
        private final String text;

        Way(int connections, String text) {
            this.connections = connections;
            this.text = text;
        }
    }

    private static final int HOLD_MILLIS = 3000;

    private final int port;
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    HostileClients(int port) {
        this.port = port;
        for (Way way : Way.values()) {
            Thread thread = new Thread(() -> go(way), "hostile-" + way);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    private static String wire(String lines) {
        return lines.replace("\n", "\r\n");
    }

    private void go(Way way) {
        while (!over.get()) {
            List<Socket> held = new ArrayList<>();
            try {
                for (int i = 0; i < way.connections; i++) {
                    held.add(say(way.text));
                }
                synchronized (over) {
                    if (!over.get()) {
                        over.wait(HOLD_MILLIS);
                    }
                }
            } catch (IOException refused) {
                // What the broker does about it is its own matter.
            } catch (InterruptedException e) {
                return;
            } finally {
                held.forEach(HostileClients::hangUp);
            }
        }
    }

    private Socket say(String text) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException hungUp) {
            // So be it.
        }
        return socket;
    }

    private static void hangUp(Socket socket) {
        try {
            socket.close();
        } catch (IOException already) {
            // It is gone.
        }
    }

    @Override
    public void close() {
        synchronized (over) {
            over.set(true);
            over.notifyAll();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
