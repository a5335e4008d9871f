package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.webhookbroker.contract.Expected.empty;
import static org.webhookbroker.contract.Expected.json;
import static org.webhookbroker.contract.Expected.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.RawClient;

/** Contract 6: jobs and dead letters. */
@Tag("G12")
@Tag("slow")
final class JobsContractTest {
    @RegisterExtension
    static final ContractBroker contract = new ContractBroker();

    private static final String NO_JOB = "job could not be found";
    private static final String REQUEUE = "/requeue-dead-job";

    private final RawClient client = contract.client();

    @ParameterizedTest(name = "{0}")
    @MethodSource("authentication")
    void authenticationInOrder(Rule rule) {
        rule.check();
    }

    static Stream<Rule> authentication() {
        String c = contract.channel();
        String k = contract.push(c, "k", Behavior.status(500));
        String push = contract.push(c, "push", Behavior.status(500));
        contract.message(c, "m");
        String job = contract.deadJob(k);
        String other = contract.deadJob(push);
        contract.makePull(k);
        String id = job.substring(k.length());
        String otherId = other.substring(push.length());
        String badChannel = "X-Broker-Channel-Token: wrong";
        String badConsumer = "X-Broker-Consumer-Token: wrong";
        return Stream.of(
                rule(1, "channel unknown", "/channel/none/consumer/k" + id, text(404, Expected.NOT_FOUND), badChannel),
                rule(
                        2,
                        "channel token wrong",
                        c + "/consumer/none" + id,
                        text(403, "channel token does not match"),
                        badChannel),
                rule(
                        3,
                        "consumer unknown",
                        c + "/consumer/none" + id,
                        text(401, "consumer could not be found"),
                        badConsumer),
                rule(4, "consumer token wrong", push + id, text(403, "consumer token does not match"), badConsumer),
                rule(5, "a push consumer", push + "/job/none", text(412, "consumer not pull based")),
                rule(6, "job id unknown", k + "/job/dc30r4tqmd2pm35rc8bg", text(404, NO_JOB)),
                rule(6, "job id that is none", k + "/job/%25", text(404, NO_JOB)),
                rule(7, "job of another consumer", k + otherId, text(401, NO_JOB)));
    }

    private static Rule rule(int check, String rule, String path, Expected expected, String... headers) {
        return Rule.of(
                "6.1 (" + check + ")",
                rule,
                () -> contract.client().get(path, ContractBroker.withTokens(headers)),
                expected);
    }

    @Test
    @DisplayName("6.3, 6.5: a dead job has a link to requeue it; requeued it is queued, and no longer dead")
    void deadJob() {
        String c = contract.channel();
        String k = contract.push(c, "k", Behavior.status(500));
        contract.message(c, "m1");
        String job = contract.deadJob(k);
        contract.makePull(k);
        json("{\"ListenerEndpoint\":\"" + contract.consumers().url(k)
                        + "\",\"ListenerName\":\"Cons k\",\"Status\":\"DEAD\","
                        + "\"StatusChangedAt\":\"<time>\",\"MessageURL\":\"" + c + "/message/m1\",\"ChannelURL\":\"" + c
                        + "\",\"ConsumerURL\":\"" + k + "\",\"ProducerURL\":\"/producer/p1\",\"JobRequeueURL\":\"" + job
                        + REQUEUE + "\"}")
                .without("Last-Modified")
                .check(get(job));

        empty(202).check(post(job + REQUEUE));
        Answer queued = get(job);
        assertThat(queued.field("Status")).isEqualTo("QUEUED");
        assertThat(queued.body()).contains("\"JobRequeueURL\":\"\"");
        text(400, NO_JOB).check(post(job + REQUEUE));
    }

    @Test
    @DisplayName("6.5: requeueing needs the same tokens; 0: it is for push consumers too")
    void requeueIsAuthenticated() {
        String c = contract.channel();
        String k = contract.push(c, "k", Behavior.sequence(Behavior.status(500), Behavior.status(200)));
        String message = contract.message(c, "m1");
        String path = contract.deadJob(k) + REQUEUE;
        text(403, "channel token does not match")
                .check(client.send("POST " + path, "", ContractBroker.withTokens("X-Broker-Channel-Token: x")));
        text(403, "consumer token does not match")
                .check(client.send("POST " + path, "", ContractBroker.withTokens("X-Broker-Consumer-Token: x")));
        text(401, "consumer could not be found").check(post(path.replace("/consumer/k", "/consumer/none")));
        empty(202).check(post(path));
        contract.awaitStates(message, "DELIVERED");
    }

    @Test
    @DisplayName("6.6: dead letters need no token, are empty at first, and come 25 a page, newest first")
    void deadLetters() {
        String c = contract.channel();
        String k = contract.push(c, "k", Behavior.status(500));
        json("{\"DeadJobs\":[],\"Pages\":{}}").check(client.get(k + "/dlq"));
        IntStream.range(0, 30).forEach(i -> contract.awaitStates(contract.message(c, "m" + i), "DEAD"));

        Answer first = client.get(k + "/dlq");
        JsonNode newest = Json.parse(first.body()).path("DeadJobs").path(0);
        String job = newest.path("JobRequeueURL").asText();
        assertThat(newest.toString())
                .matches("\\{\"ListenerEndpoint\":\"http://[^\"]+" + k
                        + "\",\"ListenerName\":\"Cons k\",\"Status\":\"DEAD\",\"StatusChangedAt\":\"[^\"]+Z\",\"MessageURL\":\""
                        + c
                        + "/message/m29\",\"JobRequeueURL\":\"" + k + "/job/[0-9a-v]{20}/requeue-dead-job\"}");
        assertThat(Json.parse(first.body()).path("DeadJobs")).hasSize(25);
        JsonNode second = Json.parse(client.get(first.field("next")).body());
        assertThat(second.path("DeadJobs")).hasSize(5);
        assertThat(job).startsWith(k);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requeueAll")
    void requeueAllInOrder(Rule rule) {
        rule.check();
    }

    static Stream<Rule> requeueAll() {
        String c = contract.channel();
        String k = contract.pull(c, "k");
        String wrong = "`requeue` form param must match consumer token";
        return Stream.of(
                Rule.of(
                        "6.6",
                        "unknown channel",
                        () -> contract.client().get("/channel/none/consumer/k/dlq"),
                        text(404, Expected.NOT_FOUND)),
                Rule.of(
                        "6.6",
                        "unknown consumer",
                        () -> contract.client().get(c + "/consumer/none/dlq"),
                        text(404, Expected.NOT_FOUND)),
                Rule.of(
                        "6.7",
                        "wrong type",
                        () -> contract.client().send("POST /channel/none/consumer/k/dlq", ""),
                        text(415, Expected.MEDIA_TYPE)),
                Rule.of(
                        "6.7",
                        "unknown channel",
                        () -> form("/channel/none/consumer/k", ""),
                        text(404, Expected.NOT_FOUND)),
                Rule.of("6.7", "unknown consumer", () -> form(c + "/consumer/none", ""), text(404, Expected.NOT_FOUND)),
                Rule.of("6.7", "`requeue` missing", () -> form(k, ""), text(400, wrong)),
                Rule.of("6.7", "`requeue` wrong", () -> form(k, "requeue=ct"), text(400, wrong)),
                Rule.of("6.7", "202 also with no dead job", () -> form(k, "requeue=kt"), empty(202)));
    }

    private static Answer form(String consumer, String form) {
        return contract.client().form("POST " + consumer + "/dlq", form);
    }

    @Test
    @DisplayName("6.7: every dead job is queued again, with a full set of attempts")
    void requeuedTogether() {
        String c = contract.channel();
        String k = c + "/consumer/k";
        contract.consumers().on(k, Behavior.status(500));
        contract.client()
                .put(
                        k,
                        "token=kt&maxRetries=2&retryDelays=0&callbackUrl="
                                + contract.consumers().url(k));
        String m1 = contract.message(c, "m1");
        String m2 = contract.message(c, "m2");
        contract.awaitStates(m1, "DEAD");
        contract.awaitStates(m2, "DEAD");
        assertThat(contract.consumers().requests(k)).hasSize(6);
        empty(202).check(form(k, "requeue=kt"));
        await().until(() -> contract.consumers().requests(k).size() == 12);
        contract.awaitStates(m1, "DEAD");
        contract.awaitStates(m2, "DEAD");
        contract.consumers().on(k, Behavior.status(200));
        empty(202).check(form(k, "requeue=kt"));
        contract.awaitStates(m1, "DELIVERED");
        contract.awaitStates(m2, "DELIVERED");
        assertThat(contract.consumers().requests(k)).hasSize(14);
        json("{\"DeadJobs\":[],\"Pages\":{}}").check(client.get(k + "/dlq"));
    }

    private Answer get(String path) {
        return client.get(path, ContractBroker.TOKENS);
    }

    private Answer post(String path) {
        return client.send("POST " + path, "", ContractBroker.TOKENS);
    }
}
