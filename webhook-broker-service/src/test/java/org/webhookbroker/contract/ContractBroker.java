package org.webhookbroker.contract;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.DatabaseLine;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.TestKeys;
import org.webhookbroker.testing.Wire;

/**
 * With {@link #KEYS} the clients are behind a proxy that adds a key. One broker for all tests of a class, with the steps that many rules need before they can be asked. What one test registers is
 * there in the next, so each takes a channel of its own. All tokens are the ones of {@link #TOKENS}.
 */
final class ContractBroker implements BeforeAllCallback, AfterAllCallback {
    static final String[] TOKENS = {
        "X-Broker-Channel-Token: ct",
        "X-Broker-Producer-ID: p1",
        "X-Broker-Producer-Token: pt",
        "X-Broker-Consumer-Token: kt"
    };

    /** The parameter of JUnit that switches keys on. */
    static final String KEYS = "broker.keys";

    private final MariaDbExtension mariaDb = new MariaDbExtension();
    private final AtomicInteger channels = new AtomicInteger();
    private final List<Object> resources;
    private final String[] settings;
    private final Map<String, String> variables = new HashMap<>();
    private Wire wire = Wire.CLEAR;
    private ConsumerServer consumers;
    private DatabaseLine line;
    private LocalBroker broker;
    private Optional<String> key = Optional.empty();

    ContractBroker(String... settings) {
        this(List.of(), settings);
    }

    /** @param resources served beside those of the broker */
    ContractBroker(List<Object> resources, String... settings) {
        this.resources = resources;
        this.settings = settings;
    }

    /** As an environment variable would: it may hold YAML. */
    ContractBroker with(String variable, String value) {
        variables.put(variable, value);
        return this;
    }

    private Path configuration() throws IOException {
        String text = Files.readString(Path.of("..", "config.yml"));
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            text = text.replaceAll(
                    "\\$\\{" + variable.getKey() + ":-.*", Matcher.quoteReplacement(variable.getValue()));
        }
        Path file = Files.createTempFile("config", ".yml");
        file.toFile().deleteOnExit();
        return Files.writeString(file, text);
    }

    /** @param how its API is reached */
    ContractBroker over(Wire how) {
        wire = how;
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        mariaDb.beforeAll(context);
        channels.set(0); // With keys and without, one after the other.
        consumers = ConsumerServer.start();
        line = DatabaseLine.to(mariaDb);
        boolean keys = context.getConfigurationParameter(KEYS).isPresent();
        key = keys ? Optional.of(new TestKeys(mariaDb).add("admin")) : Optional.empty();
        broker = LocalBroker.on(mariaDb)
                .through(line.jdbcUrl())
                .serving(resources)
                .configuredBy(configuration())
                .over(wire)
                .start(Stream.concat(Stream.of(settings), Stream.of("auth.mode=" + (keys ? "keys" : "none")))
                        .toArray(String[]::new));
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        broker.close();
        line.close();
        consumers.close();
        mariaDb.afterAll(context);
    }

    LocalBroker broker() {
        return broker;
    }

    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    DatabaseLine line() {
        return line;
    }

    ConsumerServer consumers() {
        return consumers;
    }

    URI uri(String path) {
        return URI.create(wire.url(broker.port()) + path);
    }

    RawClient client() {
        return key.map(text -> broker.client().adding(TestKeys.header(text))).orElseGet(broker::client);
    }

    /** A new channel, whose producer is {@code p1}; its path. */
    String channel() {
        int number = channels.incrementAndGet();
        if (number == 1) {
            created(client().put("/producer/p1", "token=pt&name=Prod"));
        }
        String path = "/channel/c" + number;
        created(client().put(path, "token=ct&name=Chan"));
        return path;
    }

    /** A pull consumer of the channel; its path. */
    String pull(String channel, String id) {
        return consumer(channel, id, "pull", Behavior.status(200));
    }

    /** A push consumer that behaves so and gets one attempt for each job; its path. */
    String push(String channel, String id, Behavior behavior) {
        return consumer(channel, id, "push", behavior);
    }

    private String consumer(String channel, String id, String type, Behavior behavior) {
        String path = channel + "/consumer/" + id;
        consumers.on(path, behavior);
        created(client().put(
                        path,
                        "token=kt&name=Cons+" + id + "&maxRetries=0&type=" + type + "&callbackUrl="
                                + consumers.url(path)));
        return path;
    }

    /** The same consumer, now of the other type: the way to a pull consumer with delivered or dead jobs. */
    void makePull(String consumer) {
        Answer now = client().get(consumer);
        created(client().put(
                        consumer,
                        "token=kt&type=pull&maxRetries=0&name="
                                + now.field("Name").replace(' ', '+') + "&callbackUrl=" + now.field("CallbackURL"),
                        "If-Unmodified-Since: " + now.header("Last-Modified")));
    }

    private static void created(Answer answer) {
        if (answer.status() != 200) {
            throw new AssertionError(answer.toString());
        }
    }

    /** With all tokens right, unless {@code headers} say otherwise, as the first of repeated ones counts. */
    Answer broadcast(String channel, String body, String... headers) {
        return client().send("POST " + channel + "/broadcast", body, withTokens(headers));
    }

    /** The path of a message that was stored. */
    String message(String channel, String id, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("X-Broker-Message-ID: " + id);
        Answer answer = broadcast(channel, "hi", all.toArray(String[]::new));
        if (answer.status() != 201) {
            throw new AssertionError(answer.toString());
        }
        return channel + "/message/" + id;
    }

    /** Waits until the jobs of the message, newest first, are in these states. */
    Answer awaitStates(String message, String... states) {
        return await().until(
                        () -> client().get(message), answer -> states(answer).equals(List.of(states)));
    }

    private static List<String> states(Answer message) {
        List<String> states = new ArrayList<>();
        Json.parse(message.body())
                .path("Jobs")
                .forEach(job -> states.add(job.path("Status").asText()));
        return states;
    }

    /** The path of the only dead letter of a consumer's newest one. */
    String deadJob(String consumer) {
        Answer list = await().until(
                        () -> client().get(consumer + "/dlq"),
                        answer -> answer.body().contains("/requeue-dead-job"));
        return list.field("JobRequeueURL").replace("/requeue-dead-job", "");
    }

    static void eachToken(BiConsumer<String, String> nameAndValue) {
        for (String token : TOKENS) {
            int colon = token.indexOf(':');
            nameAndValue.accept(token.substring(0, colon), token.substring(colon + 2));
        }
    }

    static String[] withTokens(String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of(TOKENS));
        return all.toArray(String[]::new);
    }
}
