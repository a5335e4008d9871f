import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tour of the running broker with real GitHub events: four consumers, of which one fails twice for each message and
 * recovers, one always fails until it is "repaired" and its dead letters are replayed, and one gets signed deliveries, which the reference
 * library of Standard Webhooks verifies. Run by scripts/demo.
 */
final class Demo {
    private static final Pattern EVENT = Pattern.compile("^\\{\"event\":\"([a-z_]+)\",\"payload\":(.*)}$", Pattern.DOTALL);
    private static final String RUN = Long.toString(System.currentTimeMillis(), 36);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String broker;
    private final String admin;
    private final String channel = "github-" + RUN;

    private Demo(String broker, String admin) {
        this.broker = broker;
        this.admin = admin;
    }

    public static void main(String[] args) throws Exception {
        new Demo(args[0], args[1]).run(Files.readAllLines(Path.of(args[2])), Integer.parseInt(args[3]));
        System.exit(0);
    }

    private void run(List<String> lines, int count) throws Exception {
        AtomicBoolean repaired = new AtomicBoolean();
        Consumer healthy = new Consumer("healthy", (message, attempt) -> 200);
        Consumer shaky = new Consumer("shaky", (message, attempt) -> attempt <= 2 ? 503 : 200);
        Consumer broken = new Consumer("broken", (message, attempt) -> repaired.get() ? 200 : 500);
        Consumer signed = new Consumer("signed", (message, attempt) -> 200);
        List<Consumer> consumers = List.of(healthy, shaky, broken, signed);

        step("Registering producer, channel and four consumers on " + broker);
        put("/producer/octokit-" + RUN, "token=producer-secret");
        put("/channel/" + channel, "token=channel-secret&name=GitHub+events");
        for (Consumer consumer : consumers) {
            put(
                    "/channel/" + channel + "/consumer/" + consumer.name,
                    "token=" + consumer.name + "-secret&callbackUrl=" + encode(consumer.url())
                            + "&maxRetries=2&retryDelays=1");
        }
        signed.knows(switchSigningOn(signed));

        step("Broadcasting " + count + " GitHub events");
        Map<String, Integer> events = new TreeMap<>();
        for (String line : lines.subList(0, Math.min(count, lines.size()))) {
            Matcher event = EVENT.matcher(line);
            if (event.matches()) {
                broadcast(event.group(1), event.group(2));
                events.merge(event.group(1), 1, Integer::sum);
            }
        }
        int sent = events.values().stream().mapToInt(Integer::intValue).sum();
        System.out.println("  accepted " + sent + " messages of " + events.size() + " kinds, each stored before its 201");

        step("Waiting for deliveries, retries and dead letters");
        await(() -> healthy.delivered() == sent && shaky.delivered() == sent && broken.attempts() == 3 * sent);
        consumers.forEach(Consumer::report);
        await(() -> deadLetters() > 0);
        System.out.println("  dead letters of broken, first page: " + get(broker + dlq()).replaceAll("(.{160}).*", "$1..."));

        step("Verifying signed deliveries with the reference library of Standard Webhooks");
        await(() -> signed.verified() == sent);
        System.out.println("  " + signed.verified() + " deliveries have the right signature, and a changed body has not: "
                + signed.refusal);

        step("Repairing the broken consumer and replaying its dead letters on the admin port");
        repaired.set(true);
        String filter = "channel=" + channel + "&consumer=broken";
        System.out.println(post(admin + "/tasks/dead-letter-replay?" + filter + "&dry-run=true"));
        System.out.println(post(admin + "/tasks/dead-letter-replay?" + filter + "&per-second=1000"));
        await(() -> broken.delivered() == sent);
        consumers.forEach(Consumer::report);
        System.out.println("\nEvery event reached every consumer.");
    }

    /** Returns the secret, which the broker shows in this one answer. */
    private String switchSigningOn(Consumer consumer) throws Exception {
        URI uri = URI.create(broker + "/channel/" + channel + "/consumer/" + consumer.name);
        HttpResponse<String> now = HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        String answer = expect(200, HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("If-Unmodified-Since", now.headers().firstValue("Last-Modified").orElseThrow())
                .method("PATCH", HttpRequest.BodyPublishers.ofString("signing=v1"))
                .build());
        return answer.replaceFirst("(?s).*\"SigningSecret\":\"([^\"]+)\".*", "$1");
    }

    private void broadcast(String event, String payload) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(broker + "/channel/" + channel + "/broadcast"))
                .header("X-Broker-Channel-Token", "channel-secret")
                .header("X-Broker-Producer-ID", "octokit-" + RUN)
                .header("X-Broker-Producer-Token", "producer-secret")
                .header("X-Broker-Metadata-Headers", "X-GitHub-Event")
                .header("X-GitHub-Event", event)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(payload))
                .build();
        expect(201, request);
    }

    private String dlq() {
        return "/channel/" + channel + "/consumer/broken/dlq";
    }

    private long deadLetters() {
        try {
            return Pattern.compile("JobRequeueURL").matcher(get(broker + dlq())).results().count();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private void put(String path, String form) throws Exception {
        expect(200, HttpRequest.newBuilder(URI.create(broker + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .PUT(HttpRequest.BodyPublishers.ofString(form))
                .build());
    }

    private static String get(String url) throws Exception {
        return expect(200, HttpRequest.newBuilder(URI.create(url)).build());
    }

    private static String post(String url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.noBody()).build();
        return "  " + expect(200, request).strip().replace("\n", "\n  ");
    }

    private static String expect(int status, HttpRequest request) throws Exception {
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != status) {
            throw new IllegalStateException(
                    request.method() + " " + request.uri() + " answered " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 600 && !condition.getAsBoolean(); i++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        if (!condition.getAsBoolean()) {
            throw new IllegalStateException("This did not happen within a minute; see the broker's log");
        }
    }

    private static void step(String text) {
        System.out.println("\n" + text);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private interface Answer {
        int status(String message, int attempt);
    }

    /** A small webhook receiver that counts. */
    private static final class Consumer {
        private final String name;
        private final Answer answer;
        private final HttpServer server;
        private final AtomicInteger attempts = new AtomicInteger();
        private final Map<String, Integer> attemptsByMessage = new ConcurrentHashMap<>();
        private final Set<String> delivered = ConcurrentHashMap.newKeySet();
        private final Set<String> verified = ConcurrentHashMap.newKeySet();
        private volatile Webhook library;
        private volatile String refusal = "";

        Consumer(String name, Answer answer) throws IOException {
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

        void knows(String secret) throws Exception {
            library = new Webhook(secret);
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

        int attempts() {
            return attempts.get();
        }

        int delivered() {
            return delivered.size();
        }

        void report() {
            System.out.printf("  %-8s got %3d messages in %3d attempts%n", name, delivered(), attempts());
        }
    }
}
