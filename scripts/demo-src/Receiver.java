import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** A small consumer that counts, and verifies signatures with the reference library of Standard Webhooks if it knows a secret. */
final class Receiver {
    interface Answer {
        int status(String message, int attempt);
    }

    final String name;
    private final Answer answer;
    private final HttpServer server;
    private final AtomicInteger attempts = new AtomicInteger();
    private final Map<String, Integer> attemptsByMessage = new ConcurrentHashMap<>();
    private final Set<String> delivered = ConcurrentHashMap.newKeySet();
    private final Set<String> verified = ConcurrentHashMap.newKeySet();
    private volatile Webhook library;
    private volatile String refusal = "";

    Receiver(String name, Answer answer) throws IOException {
        this.name = name;
        this.answer = answer;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::receive);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + name;
    }

    void knows(String secret) throws Exception {
        library = new Webhook(secret);
    }

    private void receive(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String message = exchange.getRequestHeaders().getFirst("X-Broker-Message-ID");
        attempts.incrementAndGet();
        verify(exchange, body);
        int status = answer.status(message, attemptsByMessage.merge(message, 1, Integer::sum));
        if (status == 200) {
            delivered.add(message);
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private void verify(HttpExchange exchange, String body) {
        if (library == null) {
            return;
        }
        try {
            library.verify(body, exchange.getRequestHeaders());
            verified.add(exchange.getRequestHeaders().getFirst("webhook-id"));
            library.verify(body + " ", exchange.getRequestHeaders());
        } catch (WebhookVerificationException refused) {
            refusal = refused.getMessage();
        }
    }

    int verified() {
        return verified.size();
    }

    /** What the library says of a body that was changed. */
    String refusal() {
        return refusal;
    }

    int attempts() {
        return attempts.get();
    }

    int delivered() {
        return delivered.size();
    }

    void report() {
        System.out.printf("  %-8s got %3d messages in %3d attempts%n", name, delivered(), attempts());
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 600 && !condition.getAsBoolean(); i++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        if (!condition.getAsBoolean()) {
            throw new IllegalStateException("This did not happen within a minute; see the broker's log");
        }
    }
}
