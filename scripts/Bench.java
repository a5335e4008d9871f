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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The measurements of scripts/bench, which starts what they need. Prints tables; asserts nothing. */
final class Bench {
    private static final int SECONDS = setting("BENCH_SECONDS", 20);
    private static final int WARMUP = setting("BENCH_WARMUP", 30);
    private static final int BACKLOG = setting("BENCH_BACKLOG", 1_000_000);
    private static final String BODY = "{\"data\":\"" + "x".repeat(1000) + "\"}";

    /** HTTP/1.1 as wrk's: the default would go over to HTTP/2 at the first request. */
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String broker;
    private final String admin;
    private final String sink;
    private final long brokerPid;
    private final long sinkPid;
    private final Path work;

    private Bench(String[] args) {
        broker = args[1];
        admin = args[2];
        sink = args[3];
        brokerPid = Long.parseLong(args[4]);
        sinkPid = Long.parseLong(args[5]);
        work = Path.of(args[6]);
    }

    public static void main(String[] args) throws Exception {
        Bench bench = new Bench(args);
        String scenario = args[0];
        bench.put("/producer/bench", "token=pt");
        if (scenario.equals("ack") || scenario.equals("all")) {
            bench.ack();
        }
        if (scenario.equals("isolation") || scenario.equals("all")) {
            bench.isolation();
        }
        if (scenario.equals("backlog") || scenario.equals("all")) {
            bench.backlog();
        }
        System.exit(0);
    }

    /** wrk with 64 connections, one consumer that answers at once: what is accepted and delivered. */
    private void ack() throws Exception {
        put("/channel/ack", "token=ct");
        put("/channel/ack/consumer/sink", "token=kt&callbackUrl=" + encode(sink + "/"));
        System.out.println("\nAccepted and delivered: 1 KB JSON, one consumer, wrk with 64 connections");
        System.out.printf("  %-22s %s%n", "first 20 s after start", wrk("ack", 20));
        wrk("ack", WARMUP);
        drain();
        long[] cpu = cpu();
        double accepted = metric("accepted");
        double delivered = metric("delivered");
        long start = System.nanoTime();
        String report = wrk("ack", SECONDS);
        double acceptedNow = metric("accepted") - accepted;
        double deliveredInTime = metric("delivered") - delivered;
        double seconds = (System.nanoTime() - start) / 1e9;
        drain();
        double toDrain = (System.nanoTime() - start) / 1e9 - seconds;
        long[] after = cpu();
        System.out.printf("  %-22s %s%n", "warm", report);
        System.out.printf(
                "  accepted %.0f/s, delivered meanwhile %.0f/s, the rest %.1f s after; end to end %.0f/s%n",
                acceptedNow / seconds, deliveredInTime / seconds, toDrain, acceptedNow / (seconds + toDrain));
        String[] names = {"broker", "database", "sink"};
        StringBuilder line = new StringBuilder("  CPU microseconds a message:");
        for (int i = 0; i < names.length; i++) {
            line.append(String.format(" %s %.0f", names[i], (after[i] - cpu[i]) * 10_000.0 / acceptedNow));
        }
        System.out.println(line);
    }

    /** A healthy consumer at 300 messages a second, alone and then beside one that hangs with a backlog. */
    private void isolation() throws Exception {
        try (Receiver healthy = new Receiver(); Receiver hung = new Receiver()) {
            hung.hang = true;
            put("/channel/healthy", "token=ct");
            put("/channel/healthy/consumer/k", "token=kt&callbackUrl=" + encode(healthy.url()));
            System.out.println("\nIsolation: end-to-end latency of a healthy consumer at 300 messages/s");
            paced("healthy", 5);
            healthy.latencies.clear();
            paced("healthy", SECONDS);
            System.out.println("  alone                              " + healthy.percentiles());
            put("/channel/hung", "token=ct");
            put("/channel/hung/consumer/k", "token=kt&callbackUrl=" + encode(hung.url()));
            double before = metric("accepted");
            while (metric("accepted") - before < 100_000) {
                wrk("hung", 5);
            }
            TimeUnit.SECONDS.sleep(5);
            healthy.latencies.clear();
            paced("healthy", SECONDS);
            System.out.printf("  beside one that hangs with %,d   %s%n", (long) (metric("accepted") - before), healthy.percentiles());
        }
    }

    /** What leasing and delivering costs when much waits: a consumer gets its backlog once it is switched to push. */
    private void backlog() throws Exception {
        System.out.println("\nBacklog: rate at which jobs that wait in the database are delivered");
        drainBacklog("warm-up", 50_000);
        double atSmall = drainBacklog("small", 10_000);
        double atLarge = drainBacklog("large", BACKLOG);
        System.out.printf("  ratio %.2f; heap of the broker %s%n", atLarge / atSmall, heap());
    }

    private double drainBacklog(String channel, int jobs) throws Exception {
        put("/channel/" + channel, "token=ct");
        put("/channel/" + channel + "/consumer/k", "token=kt&type=pull&callbackUrl=" + encode(sink + "/"));
        double before = metric("accepted");
        double delivered = metric("delivered");
        while (metric("accepted") - before < jobs) {
            wrk(channel, jobs > 100_000 ? 10 : 1);
        }
        double total = metric("accepted") - before;
        HttpResponse<String> consumer = get(broker + "/channel/" + channel + "/consumer/k");
        long start = System.nanoTime();
        put("/channel/" + channel + "/consumer/k", "token=kt&callbackUrl=" + encode(sink + "/"), consumer.headers().firstValue("Last-Modified").orElseThrow());
        double window = Math.min(total, Math.max(10_000, total / 5));
        while (metric("delivered") - delivered < window) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        double rate = (metric("delivered") - delivered) / ((System.nanoTime() - start) / 1e9);
        System.out.printf("  %,10.0f waiting: %,.0f jobs/s over the first %,.0f%n", total, rate, window);
        drain();
        return rate;
    }

    private String wrk(String channel, int seconds) throws Exception {
        Path script = work.resolve("wrk.lua");
        Files.writeString(
                script,
                "wrk.method = 'POST'\nwrk.body = '" + BODY + "'\n"
                        + "wrk.headers['X-Broker-Channel-Token'] = 'ct'\nwrk.headers['X-Broker-Producer-ID'] = 'bench'\n"
                        + "wrk.headers['X-Broker-Producer-Token'] = 'pt'\nwrk.headers['Content-Type'] = 'application/json'\n");
        Process wrk = new ProcessBuilder(
                        "wrk", "-t2", "-c64", "-d" + seconds + "s", "--latency", "--timeout", "30s", "-s", script.toString(),
                        broker + "/channel/" + channel + "/broadcast")
                .redirectErrorStream(true)
                .start();
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String errors = output.contains("Non-2xx") || output.contains("Socket errors") ? "  ERRORS: " + output : "";
        return find(output, "Requests/sec:\\s+(\\S+)") + " acks/s, ack p50 " + find(output, "\\n\\s+50%\\s+(\\S+)") + ", p99 "
                + find(output, "\\n\\s+99%\\s+(\\S+)") + errors;
    }

    /** An open loop: sends on schedule whatever the answers do. */
    private void paced(String channel, int seconds) throws Exception {
        int perSecond = 300;
        long start = System.nanoTime();
        for (int i = 0; i < seconds * perSecond; i++) {
            long due = start + i * 1_000_000_000L / perSecond;
            long wait = due - System.nanoTime();
            if (wait > 0) {
                TimeUnit.NANOSECONDS.sleep(wait);
            }
            http.sendAsync(
                    HttpRequest.newBuilder(URI.create(broker + "/channel/" + channel + "/broadcast"))
                            .header("X-Broker-Channel-Token", "ct")
                            .header("X-Broker-Producer-ID", "bench")
                            .header("X-Broker-Producer-Token", "pt")
                            .header("X-Broker-Metadata-Headers", "X-Sent")
                            .header("X-Sent", Long.toString(due))
                            .POST(HttpRequest.BodyPublishers.ofString(BODY))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
        }
        TimeUnit.SECONDS.sleep(2);
    }

    /** Waits until nothing that could be delivered is waiting. */
    private void drain() throws Exception {
        double last = -1;
        for (double now = metric("delivered"); now != last; now = metric("delivered")) {
            last = now;
            TimeUnit.SECONDS.sleep(1);
        }
    }

    private double metric(String state) throws Exception {
        String text = get(admin + "/prometheus").body();
        String name = state.equals("accepted")
                ? "\nwebhook_broker_messages_accepted_total ([0-9]\\S*)"
                : "\nwebhook_broker_settlements_total\\{state=\"" + state + "\"} (\\S+)";
        String value = find(text, name);
        return value.isEmpty() ? 0 : Double.parseDouble(value);
    }

    private String heap() throws Exception {
        String text = get(admin + "/prometheus").body();
        return String.format("%.0f MiB of %.0f MiB",
                Double.parseDouble(find(text, "jvm_memory_used_bytes\\{area=\"heap\"} (\\S+)")) / 1048576,
                Double.parseDouble(find(text, "jvm_memory_max_bytes\\{area=\"heap\"} (\\S+)")) / 1048576);
    }

    /** Ticks of 10 ms: broker, its database, the sink. */
    private long[] cpu() throws IOException {
        long database = ProcessHandle.of(brokerPid).stream()
                .flatMap(ProcessHandle::descendants)
                .mapToLong(process -> ticks(process.pid()))
                .sum();
        return new long[] {ticks(brokerPid), database, ticks(sinkPid)};
    }

    private static long ticks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        } catch (IOException gone) {
            return 0;
        }
    }

    private void put(String path, String form, String... unmodifiedSince) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(broker + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .PUT(HttpRequest.BodyPublishers.ofString(form));
        if (unmodifiedSince.length == 1) {
            request.header("If-Unmodified-Since", unmodifiedSince[0]);
        }
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IllegalStateException("PUT " + path + " answered " + response.statusCode() + ": " + response.body());
        }
    }

    private HttpResponse<String> get(String url) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String find(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.find() ? matcher.group(1) : "";
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static int setting(String name, int otherwise) {
        return Integer.parseInt(System.getenv().getOrDefault(name, Integer.toString(otherwise)));
    }

    /** A consumer that notes how long each message took from when it was due to be sent. */
    private static final class Receiver implements AutoCloseable {
        private final HttpServer server;
        private final ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
        private volatile boolean hang;

        Receiver() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
            server.createContext("/", exchange -> {
                String sent = exchange.getRequestHeaders().getFirst("X-Sent");
                exchange.getRequestBody().readAllBytes();
                if (hang) {
                    return;
                }
                if (sent != null) {
                    latencies.add(System.nanoTime() - Long.parseLong(sent));
                }
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.setExecutor(Executors.newFixedThreadPool(8));
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        }

        String percentiles() {
            long[] sorted = latencies.stream().mapToLong(Long::longValue).sorted().toArray();
            List<String> texts = new ArrayList<>();
            for (double percentile : new double[] {50, 99, 99.9}) {
                int index = Math.min(sorted.length - 1, (int) (sorted.length * percentile / 100));
                texts.add(String.format("p%s %.1f ms", percentile % 1 == 0 ? (int) percentile + "" : percentile + "", sorted[index] / 1e6));
            }
            return String.join(", ", texts) + " of " + sorted.length;
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
