package org.webhookbroker.contract;

import static org.awaitility.Awaitility.await;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.TestKeys;

/**
 * A broker that wants keys, and two teams on it. Each has a producer, a channel, a push consumer with a dead letter, a pull consumer
 * with a job, and a scheduled message; all is called {@code mine...} and {@code theirs...}. Keys of roles that are for channels cover
 * {@code mine*}. Every secret holds {@link #MARK}.
 */
final class KeyedBroker implements BeforeAllCallback, AfterAllCallback {
    static final String MARK = "secretmark";
    static final List<String> FOR_ALL = List.of("admin", "operate", "read");
    static final List<String> FOR_CHANNELS = List.of("register", "broadcast", "consume");

    private final MariaDbExtension mariaDb = MariaDbExtension.oncePerClass();
    private final ConsumerServer consumers = ConsumerServer.start();
    private final Map<String, String> keys = new HashMap<>();
    private final Map<String, String> jobs = new HashMap<>();
    private final String[] settings;
    private LocalBroker broker;

    KeyedBroker(String... settings) {
        this.settings = settings;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        mariaDb.beforeAll(context);
        TestKeys made = new TestKeys(mariaDb);
        FOR_ALL.forEach(role -> keys.put(role, made.add(role)));
        FOR_CHANNELS.forEach(role -> keys.put(role, made.add(role, "mine*")));
        String[] all = Arrays.copyOf(settings, settings.length + 2);
        all[settings.length] = "auth.mode=keys";
        all[settings.length + 1] = "ops.adminHosts=broker";
        broker = LocalBroker.start(mariaDb, all);
        fill("mine");
        fill("theirs");
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        broker.close();
        consumers.close();
        mariaDb.afterAll(context);
    }

    private void fill(String team) {
        RawClient admin = as("admin");
        String path = "/channel/" + team;
        ok(admin.put("/producer/" + team, "token=" + token("producer", team)));
        ok(admin.put(path, "token=" + token("channel", team)));
        push(path, team);
        ok(admin.put(
                path + "/consumer/pull",
                "type=pull&callbackUrl=http://" + MARK + ":" + MARK + "@host/&token=" + token("consumer", team)));
        for (String header : List.of("X-Ordinary: yes", "X-Broker-Scheduled-For: 2999-01-01T00:00:00Z")) {
            ok(admin.send(
                    "POST " + path + "/broadcast",
                    "hi",
                    "X-Broker-Producer-ID: " + team,
                    "X-Broker-Message-ID: " + team + "-" + header.charAt(2),
                    header));
        }
        Answer dead = await().until(
                        () -> admin.get(path + "/consumer/push/dlq"),
                        answer -> answer.body().contains("/requeue-dead-job"));
        jobs.put("push " + team, dead.field("JobRequeueURL").replaceAll(".*/job/|/requeue.*", ""));
        jobs.put("pull " + team, admin.get(path + "/consumer/pull/queued-jobs").field("ID"));
    }

    private void push(String channel, String team) {
        String place = channel + "/consumer/push";
        consumers.on(place, Behavior.status(500));
        String callback = consumers.url(place).replace("://", "://" + MARK + ":" + MARK + "@");
        ok(as("admin")
                .put(
                        place,
                        "maxRetries=0&signing=v1&signingSecret=whsec_" + MARK.repeat(4) + "&token="
                                + token("consumer", team) + "&callbackUrl=" + callback));
    }

    private static void ok(Answer answer) {
        if (answer.status() / 100 != 2) {
            throw new AssertionError(answer.toString());
        }
    }

    /** Its last four characters are no part of the mark. */
    static String token(String kind, String team) {
        return MARK + "-" + kind + "-" + team + "-end";
    }

    /** The id of the message that has a job for the pull consumer. */
    static String message(String team) {
        return team + "-O";
    }

    static String scheduled(String team) {
        return team + "-B";
    }

    /** The id of the dead letter of the push consumer, or of the queued job of the pull consumer. */
    String job(String consumer, String team) {
        return Objects.requireNonNull(jobs.get(consumer + " " + team));
    }

    LocalBroker broker() {
        return broker;
    }

    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    ConsumerServer consumers() {
        return consumers;
    }

    String key(String role) {
        return Objects.requireNonNull(keys.get(role));
    }

    /** Whoever has a key of this role. */
    RawClient as(String role) {
        return stranger().adding(TestKeys.header(key(role)));
    }

    RawClient stranger() {
        return broker.client();
    }

    RawClient admin(String... headers) {
        RawClient admin = new RawClient(broker.adminPort());
        for (String header : headers) {
            admin = admin.adding(header);
        }
        return admin;
    }
}
