package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.webhookbroker.contract.OpenApiDocument.Documented;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.RawClient;

/** How to get each documented status from each operation: a row for each, in an order in which they can be asked. */
final class OpenApiWalk {
    private static final String CURSOR = "ZGMzMHI0dHFtZDJwbTM1cmM4Ymd8MjAyNi0xMS0yNFQyMjoyMDowMlo%3D";
    private static final String BOTH = "?next=" + CURSOR + "&previous=" + CURSOR;
    static final String TOO_LARGE = "x=" + "y".repeat(32 << 10);
    static final String CALLBACK = "token=kt&callbackUrl=http://127.0.0.1:1/";
    private static final String EXCEPTION = "&allowedNetworks=10.0.0.0/8";
    static final String WRONG_TOKEN = "X-Broker-Channel-Token: wrong";

    private final ContractBroker contract;
    private final RawClient client;

    OpenApiWalk(ContractBroker contract) {
        this.contract = contract;
        this.client = contract.client();
    }

    private Answer post(String path, String json, String... headers) {
        return client.send("POST " + path, json, ContractBroker.withTokens(headers));
    }

    static final class Steps {
        private final Map<Documented, Supplier<Answer>> steps = new LinkedHashMap<>();

        Steps step(String operation, int status, Supplier<Answer> question) {
            assertThat(steps.put(new Documented(operation, status), question)).isNull();
            return this;
        }
    }

    /** How to get each status from each operation. */
    Map<Documented, Supplier<Answer>> steps() {
        Steps steps = new Steps();
        registry(steps);
        broadcast(steps);
        scheduled(steps);
        jobs(steps);
        deadLetters(steps);
        new RotationSteps(contract).add(steps);
        pulling(steps);
        return steps.step("getStatus", 200, () -> client.get("/_status"))
                .step("countJobs", 200, () -> client.get("/job-status"))
                .step("getMetrics", 200, () -> client.get("/metrics"))
                .step("getMetrics", 400, () -> client.get("/metrics?name[]=%zz"))
                .step("getOpenApi", 200, () -> client.get("/openapi.json"))
                .steps;
    }

    private void registry(Steps steps) {
        String channel = contract.channel();
        String k = contract.push(channel, "k", Behavior.status(200));
        contract.awaitStates(contract.message(channel, "m"), "DELIVERED");
        String idle = contract.pull(channel, "idle");
        steps.step("listProducers", 200, () -> client.get("/producers"))
                .step("listProducers", 400, () -> client.get("/producers" + BOTH))
                .step("getProducer", 200, () -> client.get("/producer/p1"))
                .step("getProducer", 404, () -> client.get("/producer/none"))
                .step("putProducer", 200, () -> client.put("/producer/walked", ""))
                .step("putProducer", 400, () -> client.put("/producer/p1", ""))
                .step("putProducer", 412, () -> client.put("/producer/p1", "", "If-Unmodified-Since: x"))
                .step("putProducer", 413, () -> client.put("/producer/large", TOO_LARGE))
                .step("putProducer", 415, () -> client.send("PUT /producer/p1", ""))
                .step("listChannels", 200, () -> client.get("/channels"))
                .step("listChannels", 400, () -> client.get("/channels" + BOTH))
                .step("getChannel", 200, () -> client.get(channel))
                .step("getChannel", 404, () -> client.get("/channel/none"))
                .step("putChannel", 200, () -> client.put("/channel/walked", ""))
                .step("putChannel", 400, () -> client.put(channel, ""))
                .step("putChannel", 412, () -> client.put(channel, "", "If-Unmodified-Since: x"))
                .step("putChannel", 413, () -> client.put("/channel/large", TOO_LARGE))
                .step("putChannel", 415, () -> client.send("PUT /channel/large", ""))
                .step("listConsumers", 200, () -> client.get(channel + "/consumers"))
                .step("listConsumers", 400, () -> client.get(channel + "/consumers" + BOTH))
                .step("listConsumers", 404, () -> client.get("/channel/none/consumers"))
                .step("getConsumer", 200, () -> client.get(k))
                .step("getConsumer", 404, () -> client.get(channel + "/consumer/none"))
                .step("putConsumer", 200, () -> client.put(channel + "/consumer/walked", CALLBACK))
                .step("putConsumer", 400, () -> client.put(channel + "/consumer/bad", ""))
                .step("putConsumer", 403, () -> client.put(channel + "/consumer/inside", CALLBACK + EXCEPTION))
                .step("putConsumer", 404, () -> client.put("/channel/none/consumer/k", CALLBACK))
                .step("putConsumer", 412, () -> client.put(k, CALLBACK, "If-Unmodified-Since: x"))
                .step("putConsumer", 413, () -> client.put(channel + "/consumer/large", TOO_LARGE))
                .step("putConsumer", 415, () -> client.send("PUT " + k, ""))
                .step("deleteConsumer", 400, () -> client.send("DELETE " + k, ""))
                .step("deleteConsumer", 404, () -> client.send("DELETE " + channel + "/consumer/none", ""))
                .step("deleteConsumer", 409, () -> client.send("DELETE " + k, "", condition(k)))
                .step("deleteConsumer", 412, () -> client.send("DELETE " + k, "", "If-Unmodified-Since: x"))
                .step("deleteConsumer", 204, () -> client.send("DELETE " + idle, "", condition(idle)));
        client.put("/producer/changes", "");
        client.put("/channel/changes", "");
        client.put("/channel/changes/consumer/k", CALLBACK);
        changes(steps, "Producer", "/producer/changes");
        changes(steps, "Consumer", "/channel/changes/consumer/k");
        changes(steps, "Channel", "/channel/changes");
        String consumer = "/channel/changes/consumer/k";
        steps.step("patchConsumer", 403, () -> patch(consumer, EXCEPTION, condition(consumer)))
                .step("deleteProducer", 204, () -> remove("/producer/changes"))
                .step("deleteChannel", 409, () -> remove(channel))
                .step("deleteChannel", 204, () -> {
                    remove("/channel/changes/consumer/k");
                    return remove("/channel/changes");
                });
    }

    /** Of part of an entry, and what is refused of its removal. */
    private void changes(Steps steps, String kind, String path) {
        String none = path.equals("/channel/changes/consumer/k") ? "/channel/changes/consumer/none" : path + "none";
        steps.step("patch" + kind, 400, () -> patch(path, "name=x"))
                .step("patch" + kind, 404, () -> patch(none, "name=x", "If-Unmodified-Since: x"))
                .step("patch" + kind, 412, () -> patch(path, "name=x", "If-Unmodified-Since: x"))
                .step("patch" + kind, 413, () -> patch(path, TOO_LARGE, condition(path)))
                .step("patch" + kind, 415, () -> client.send("PATCH " + path, ""))
                .step("patch" + kind, 200, () -> patch(path, "name=x", condition(path)));
        if (!kind.equals("Consumer")) {
            steps.step("delete" + kind, 400, () -> client.send("DELETE " + path, ""))
                    .step("delete" + kind, 404, () -> client.send("DELETE " + none, ""))
                    .step("delete" + kind, 412, () -> client.send("DELETE " + path, "", "If-Unmodified-Since: x"));
        }
    }

    private Answer patch(String path, String form, String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = OpenApiTest.FORM;
        return client.send("PATCH " + path, form, all);
    }

    private Answer remove(String path) {
        return client.send("DELETE " + path, "", condition(path));
    }

    private String condition(String path) {
        return "If-Unmodified-Since: " + client.get(path).header("Last-Modified");
    }

    private void broadcast(Steps steps) {
        String channel = contract.channel();
        contract.pull(channel, "k");
        steps.step("broadcast", 201, () -> contract.broadcast(channel, "hi", "X-Broker-Message-ID: m"))
                .step("broadcast", 400, () -> contract.broadcast(channel, ""))
                .step("broadcast", 401, () -> contract.broadcast(channel, "hi", "X-Broker-Producer-ID: none"))
                .step("broadcast", 403, () -> contract.broadcast(channel, "hi", WRONG_TOKEN))
                .step("broadcast", 404, () -> contract.broadcast("/channel/none", "hi"))
                .step("broadcast", 408, () -> client.raw(head(channel, 1000) + "half"))
                .step("broadcast", 409, () -> contract.broadcast(channel, "hi", "X-Broker-Message-ID: m"))
                .step(
                        "broadcast",
                        412,
                        () -> contract.broadcast(channel, "hi", "X-Broker-Scheduled-For: 2020-01-01T00:00:00Z"))
                .step("broadcast", 413, () -> brokenOff(channel, 1 << 24))
                .step("broadcast", 429, this::toAFullConsumer)
                .step("broadcast", 500, () -> brokenOff(channel, 1000))
                .step("listMessages", 200, () -> client.get(channel + "/messages"))
                .step("listMessages", 400, () -> client.get(channel + "/messages" + BOTH))
                .step("listMessages", 404, () -> client.get("/channel/none/messages"))
                .step("getMessage", 200, () -> client.get(channel + "/message/m"))
                .step("getMessage", 404, () -> client.get(channel + "/message/none"))
                .step("countMessages", 200, () -> client.get(channel + "/messages-status"));
    }

    private Answer toAFullConsumer() {
        client.put("/channel/full", "token=ct");
        contract.pull("/channel/full", "k");
        return await().until(() -> contract.broadcast("/channel/full", "hi"), answer -> answer.status() != 201);
    }

    private void scheduled(Steps steps) {
        String channel = contract.channel();
        client.put("/producer/other", "token=pt");
        String later = "X-Broker-Scheduled-For: 2999-01-01T00:00:00Z";
        contract.broadcast(channel, "hi", "X-Broker-Message-ID: s", later);
        String s = channel + "/scheduled-message/s";
        String none = channel + "/scheduled-message/none";
        String badTime = "X-Broker-Scheduled-For: tomorrow";
        String tooSoon = "X-Broker-Scheduled-For: 2020-01-01T00:00:00Z";
        String nobody = "X-Broker-Producer-ID: none";
        String other = "X-Broker-Producer-ID: other";
        steps.step("listScheduledMessages", 200, () -> client.get(channel + "/scheduled-messages?status=101"))
                .step("listScheduledMessages", 400, () -> client.get(channel + "/scheduled-messages" + BOTH))
                .step("listScheduledMessages", 404, () -> client.get("/channel/none/scheduled-messages"))
                .step("getScheduledMessage", 200, () -> client.get(s))
                .step("getScheduledMessage", 404, () -> client.get(none))
                .step("reschedule", 200, () -> asProducer("PUT " + s, later))
                .step("reschedule", 400, () -> asProducer("PUT " + s, badTime))
                .step("reschedule", 401, () -> asProducer("PUT " + s, nobody, later))
                .step("reschedule", 403, () -> asProducer("PUT " + s, other, later))
                .step("reschedule", 404, () -> asProducer("PUT " + none, later))
                .step("reschedule", 412, () -> asProducer("PUT " + s, tooSoon))
                .step("cancelScheduledMessage", 401, () -> asProducer("DELETE " + s, nobody))
                .step("cancelScheduledMessage", 403, () -> asProducer("DELETE " + s, other))
                .step("cancelScheduledMessage", 404, () -> asProducer("DELETE " + none))
                .step("cancelScheduledMessage", 204, () -> asProducer("DELETE " + s))
                .step("reschedule", 409, () -> asProducer("PUT " + s, later))
                .step("cancelScheduledMessage", 409, () -> asProducer("DELETE " + dispatched(channel)));
    }

    private Answer asProducer(String line, String... headers) {
        return client.send(line, "", ContractBroker.withTokens(headers));
    }

    private String dispatched(String channel) {
        // On a slow machine its time may be past when the request arrives.
        await().until(() -> {
            String soon = "X-Broker-Scheduled-For: " + Instant.now().plusMillis(500);
            Answer answer = contract.broadcast(channel, "hi", "X-Broker-Message-ID: due", soon);
            return answer.status() == 201;
        });
        String path = channel + "/scheduled-message/due";
        await().until(() -> client.get(path).field("status").equals("DISPATCHED"));
        return path;
    }

    private static String head(String channel, int length) {
        return "POST " + channel + "/broadcast HTTP/1.1\r\nHost: b\r\n" + String.join("\r\n", ContractBroker.TOKENS)
                + "\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private Answer brokenOff(String channel, int length) {
        byte[] request = (head(channel, length) + "half").getBytes(StandardCharsets.US_ASCII);
        try (FuzzConnection connection = new FuzzConnection(contract.broker().port())) {
            return connection
                    .exchange(new FuzzRequest(0, "POST", request, true))
                    .get(0);
        }
    }

    private void pulling(Steps steps) {
        String channel = contract.channel();
        String k = contract.pull(channel, "k");
        String push = contract.push(channel, "push", Behavior.status(200));
        String none = channel + "/consumer/none";
        contract.message(channel, "m1");
        contract.message(channel, "m2");
        steps.step("listQueuedJobs", 200, () -> client.get(k + "/queued-jobs", ContractBroker.TOKENS))
                .step("listQueuedJobs", 400, () -> client.get(k + "/queued-jobs?limit=-1", ContractBroker.TOKENS))
                .step("listQueuedJobs", 401, () -> client.get(none + "/queued-jobs", ContractBroker.TOKENS))
                .step(
                        "listQueuedJobs",
                        403,
                        () -> client.get(k + "/queued-jobs", ContractBroker.withTokens(WRONG_TOKEN)))
                .step(
                        "listQueuedJobs",
                        404,
                        () -> client.get("/channel/none/consumer/k/queued-jobs", ContractBroker.TOKENS))
                .step("listQueuedJobs", 412, () -> client.get(push + "/queued-jobs", ContractBroker.TOKENS));
        many(steps, "leaseJobs", k, "/jobs/lease", "{\"Limit\":0}");
        many(steps, "extendLeases", k, "/jobs/extend", "{\"Receipts\":[\"none\"]}");
        many(steps, "settleLeases", k, "/jobs/settle", "{}");
        steps.step("leaseJobs", 412, () -> post(push + "/jobs/lease", ""))
                .step("leaseJobs", 200, () -> post(k + "/jobs/lease", "{\"Limit\":1}"))
                .step("extendLeases", 200, () -> post(k + "/jobs/extend", "{\"Receipts\":" + lease(k) + "}"))
                .step("settleLeases", 200, () -> {
                    contract.message(channel, "m3");
                    return post(k + "/jobs/settle", "{\"Acks\":" + lease(k) + "}");
                });
    }

    private void many(Steps steps, String operation, String consumer, String path, String bad) {
        steps.step(operation, 400, () -> post(consumer + path, bad))
                .step(operation, 401, () -> post(consumer.replace("/k", "/none") + path, ""))
                .step(operation, 403, () -> post(consumer + path, "", WRONG_TOKEN))
                .step(operation, 404, () -> post("/channel/none/consumer/k" + path, ""))
                .step(operation, 413, () -> post(consumer + path, "x".repeat((1 << 19) + 1)));
    }

    private String lease(String consumer) {
        return "[\"" + post(consumer + "/jobs/lease", "{\"Limit\":1}").field("Receipt") + "\"]";
    }

    private void deadLetters(Steps steps) {
        String channel = contract.channel();
        String k = contract.push(channel, "k", Behavior.status(500));
        contract.awaitStates(contract.message(channel, "m"), "DEAD");
        String job = contract.deadJob(k);
        steps.step("deleteDeadJob", 403, () -> client.send("DELETE " + job, "", ContractBroker.withTokens(WRONG_TOKEN)))
                .step("deleteDeadJob", 404, () -> client.send("DELETE " + k + "/job/none", "", ContractBroker.TOKENS))
                .step("countDeadLetters", 200, () -> client.get("/dlq-status"))
                .step("deleteDeadJob", 204, () -> client.send("DELETE " + job, "", ContractBroker.TOKENS))
                .step("purgeDeadLetters", 200, () -> client.send("DELETE " + k + "/dlq", "", ContractBroker.TOKENS))
                .step(
                        "purgeDeadLetters",
                        403,
                        () -> client.send("DELETE " + k + "/dlq", "", ContractBroker.withTokens(WRONG_TOKEN)))
                .step(
                        "purgeDeadLetters",
                        404,
                        () -> client.send("DELETE " + channel + "/consumer/none/dlq", "", ContractBroker.TOKENS));
    }

    private void jobs(Steps steps) {
        String channel = contract.channel();
        String k = contract.push(channel, "k", Behavior.status(500));
        String push = contract.push(channel, "push", Behavior.status(200));
        contract.awaitStates(contract.message(channel, "m"), "DELIVERED", "DEAD");
        String job = contract.deadJob(k);
        contract.makePull(k);
        String requeue = "POST " + job + "/requeue-dead-job";
        String dlq = "POST " + k + "/dlq";
        String foreign = job.replace(k, push);
        steps.step("getJob", 200, () -> client.get(job, ContractBroker.TOKENS))
                .step(
                        "getJob",
                        401,
                        () -> client.get(job.replace(k, channel + "/consumer/none"), ContractBroker.TOKENS))
                .step("getJob", 403, () -> client.get(job, ContractBroker.withTokens(WRONG_TOKEN)))
                .step("getJob", 404, () -> client.get(k + "/job/none", ContractBroker.TOKENS))
                .step("getJob", 412, () -> client.get(foreign, ContractBroker.TOKENS))
                .step("changeJob", 202, () -> post(job, "{\"NextState\":\"DEAD\"}"))
                .step("changeJob", 400, () -> post(job, "{\"NextState\":\"QUEUED\"}"))
                .step("changeJob", 401, () -> post(job.replace(k, channel + "/consumer/none"), "{}"))
                .step("changeJob", 403, () -> post(job, "{}", WRONG_TOKEN))
                .step("changeJob", 404, () -> post(k + "/job/none", "{}"))
                .step("changeJob", 412, () -> post(foreign, "{}"))
                .step("changeJob", 413, () -> post(job, "x".repeat((1 << 16) + 1)))
                .step("listDeadLetters", 200, () -> client.get(k + "/dlq"))
                .step("listDeadLetters", 400, () -> client.get(k + "/dlq" + BOTH))
                .step("listDeadLetters", 404, () -> client.get(channel + "/consumer/none/dlq"))
                .step(
                        "requeueDeadJob",
                        401,
                        () -> client.send("POST " + foreign + "/requeue-dead-job", "", ContractBroker.TOKENS))
                .step("requeueDeadJob", 403, () -> client.send(requeue, "", ContractBroker.withTokens(WRONG_TOKEN)))
                .step(
                        "requeueDeadJob",
                        404,
                        () -> client.send("POST " + k + "/job/none/requeue-dead-job", "", ContractBroker.TOKENS))
                .step("requeueDeadJob", 202, () -> client.send(requeue, "", ContractBroker.TOKENS))
                .step("requeueDeadJob", 400, () -> client.send(requeue, "", ContractBroker.TOKENS))
                .step("requeueDeadLetters", 202, () -> client.form(dlq, "requeue=kt"))
                .step("requeueDeadLetters", 400, () -> client.form(dlq, "requeue=wrong"))
                .step("requeueDeadLetters", 404, () -> client.form("POST /channel/none/consumer/k/dlq", "requeue=kt"))
                .step("requeueDeadLetters", 413, () -> client.form(dlq, TOO_LARGE))
                .step("requeueDeadLetters", 415, () -> client.send(dlq, "requeue=kt"));
    }
}
