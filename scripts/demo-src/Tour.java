import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tour of the running broker with real GitHub events: three consumers, of which one fails twice for each message and
 * recovers, and one always fails until it is "repaired" and its dead letters are replayed.
 */
final class Tour {
    private static final Pattern EVENT = Pattern.compile("^\\{\"event\":\"([a-z_]+)\",\"payload\":(.*)}$", Pattern.DOTALL);
    private static final String RUN = Long.toString(System.currentTimeMillis(), 36);

    private final Api broker;
    private final Api admin;
    private final String channel = "github-" + RUN;

    private Tour(Api broker, Api admin) {
        this.broker = broker;
        this.admin = admin;
    }

    public static void main(String[] args) throws Exception {
        int status = 1;
        try {
            new Tour(new Api(args[0], ""), new Api(args[1], ""))
                    .run(Files.readAllLines(Path.of(args[2])), Integer.parseInt(args[3]));
            status = 0;
        } catch (Exception failure) {
            failure.printStackTrace();
        }
        System.exit(status); // The consumers listen on.
    }

    private void run(List<String> lines, int count) throws Exception {
        AtomicBoolean repaired = new AtomicBoolean();
        Receiver healthy = new Receiver("healthy", (message, attempt) -> 200);
        Receiver shaky = new Receiver("shaky", (message, attempt) -> attempt <= 2 ? 503 : 200);
        Receiver broken = new Receiver("broken", (message, attempt) -> repaired.get() ? 200 : 500);
        List<Receiver> consumers = List.of(healthy, shaky, broken);

        step("Registering producer, channel and three consumers on " + broker.broker());
        Api.expect(200, broker.put("/producer/octokit-" + RUN, "token=producer-secret"));
        Api.expect(200, broker.put("/channel/" + channel, "token=channel-secret&name=GitHub+events"));
        for (Receiver consumer : consumers) {
            String form = "token=" + consumer.name + "-secret&callbackUrl=" + Api.encode(consumer.url())
                    + "&maxRetries=2&retryDelays=1";
            Api.expect(200, broker.put("/channel/" + channel + "/consumer/" + consumer.name, form));
        }

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
        Receiver.await(() ->
                healthy.delivered() == sent && shaky.delivered() == sent && broken.attempts() == 3 * sent);
        consumers.forEach(Receiver::report);
        Receiver.await(this::hasDeadLetters);
        System.out.println("  dead letters of broken, first page: " + deadLetters().replaceAll("(.{160}).*", "$1..."));

        step("Repairing the broken consumer and replaying its dead letters on the admin port");
        repaired.set(true);
        String replay = "/tasks/dead-letter-replay?channel=" + channel + "&consumer=broken";
        say(Api.expect(200, admin.post(replay + "&dry-run=true")));
        say(Api.expect(200, admin.post(replay + "&per-second=1000")));
        Receiver.await(() -> broken.delivered() == sent);
        consumers.forEach(Receiver::report);
        System.out.println("\nEvery event reached every consumer.");
    }

    private void broadcast(String event, String payload) throws Exception {
        Api.expect(
                201,
                Api.send(broker.request("/channel/" + channel + "/broadcast")
                        .header("X-Broker-Channel-Token", "channel-secret")
                        .header("X-Broker-Producer-ID", "octokit-" + RUN)
                        .header("X-Broker-Producer-Token", "producer-secret")
                        .header("X-Broker-Metadata-Headers", "X-GitHub-Event")
                        .header("X-GitHub-Event", event)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(payload))));
    }

    private boolean hasDeadLetters() {
        try {
            return deadLetters().contains("JobRequeueURL");
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private String deadLetters() throws Exception {
        return Api.expect(200, broker.get("/channel/" + channel + "/consumer/broken/dlq"));
    }

    private static void say(String answer) {
        System.out.println("  " + answer.strip().replace("\n", "\n  "));
    }

    private static void step(String text) {
        System.out.println("\n" + text);
    }
}
