package org.webhookbroker.retention;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/** As much of the S3 protocol as an upload needs, with moments at which a test can step in. */
final class Storage implements AutoCloseable {
    final Map<String, byte[]> objects = new ConcurrentHashMap<>();
    /** Called when an object has arrived, before that is answered. */
    volatile Runnable arrived = () -> {};
    /** The status that a PUT is answered with. */
    volatile int putStatus = 200;
    /** By how many bytes an object is shorter than what was sent. */
    volatile int lost;

    private final HttpServer server;

    Storage() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    String url() {
        return "s3://bucket?endpoint=http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String key = exchange.getRequestURI().getPath();
        byte[] body = exchange.getRequestBody().readAllBytes();
        switch (exchange.getRequestMethod()) {
            case "PUT" -> {
                if (putStatus == 200) {
                    objects.put(key, java.util.Arrays.copyOf(body, body.length - lost));
                }
                arrived.run();
                exchange.sendResponseHeaders(putStatus, -1);
            }
            case "HEAD" -> {
                byte[] object = objects.get(key);
                if (object != null) {
                    exchange.getResponseHeaders().set("Content-Length", Integer.toString(object.length));
                }
                exchange.sendResponseHeaders(object == null ? 404 : 200, -1);
            }
            default -> exchange.sendResponseHeaders(501, -1);
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
