package org.webhookbroker.client;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The three calls of a pull consumer, each tried once. Thread-safe. */
final class Leases {
    /** @param bytes of the whole answer */
    record Answered<T>(List<T> results, int bytes) {}

    /** @param receipt names this lease of the job */
    record Leased(String receipt, PulledJob job) {}

    /**
     * @param done whether this call did it
     * @param status of the job now
     */
    record Receipt(String receipt, boolean done, String status) {}

    private static final int LARGEST_RECEIPTS = 1024 * 1024;

    private final Transport transport;
    private final String name;
    private final String path;
    private final Map<String, String> access;

    Leases(Transport transport, String channel, String consumer, Map<String, String> tokens) {
        this.transport = transport;
        this.name = consumer + " at " + channel;
        this.path = "/channel" + Call.segment(channel) + "/consumer" + Call.segment(consumer) + "/jobs/";
        this.access = tokens;
    }

    /** The consumer and its channel, for people. */
    String name() {
        return name;
    }

    /** Counted down when the client is closed. */
    CountDownLatch closed() {
        return transport.closed();
    }

    Answered<Leased> lease(int limit, PullSettings settings, Duration timeout) throws InterruptedException {
        String body = "{\"Limit\":" + limit + ",\"WaitSeconds\":"
                + settings.longestWait().toSeconds() + ",\"LeaseSeconds\":"
                + settings.lease().toSeconds() + "}";
        Answered<Leased> jobs = results(call("lease", body, settings.largestAnswer()), timeout, Leases::leased);
        if (jobs.results().size() > limit) {
            throw new BrokerException("lease for " + name, "the answer has more jobs than were asked for", null);
        }
        return jobs;
    }

    List<Receipt> extend(Collection<String> receipts, Duration lease, Duration timeout) throws InterruptedException {
        String body = "{\"Receipts\":" + array(receipts) + ",\"LeaseSeconds\":" + lease.toSeconds() + "}";
        return results(call("extend", body, LARGEST_RECEIPTS), timeout, Leases::receipt)
                .results();
    }

    /** @param failed reasons by receipt */
    List<Receipt> settle(
            Collection<String> delivered, Map<String, String> failed, Collection<String> released, Duration timeout)
            throws InterruptedException {
        List<String> fields = new ArrayList<>();
        if (!delivered.isEmpty()) {
            fields.add("\"Acks\":" + array(delivered));
        }
        if (!failed.isEmpty()) {
            fields.add(failed.entrySet().stream()
                    .map(nack -> "{\"Receipt\":" + JsonObject.quoted(nack.getKey()) + ",\"Reason\":"
                            + JsonObject.quoted(nack.getValue()) + "}")
                    .collect(Collectors.joining(",", "\"Nacks\":[", "]")));
        }
        if (!released.isEmpty()) {
            fields.add("\"Releases\":" + array(released));
        }
        String body = "{" + String.join(",", fields) + "}";
        return results(call("settle", body, LARGEST_RECEIPTS), timeout, Leases::receipt)
                .results();
    }

    private Call call(String doing, String json, int largestAnswer) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = Call.with(access, "Content-Type", "application/json");
        return new Call(doing + " for " + name, "POST", path + doing, headers, body, largestAnswer);
    }

    private <T> Answered<T> results(Call call, Duration timeout, Function<JsonObject, T> each)
            throws InterruptedException {
        try {
            Answer answer = transport.exchange(call, HttpClient.Version.HTTP_1_1, timeout);
            if (answer.status() != 200) {
                throw transport.refused(call, answer);
            }
            if (answer.cut()) {
                throw new IllegalArgumentException("it has more than " + call.largestAnswer() + " bytes");
            }
            List<T> results = JsonObject.read(answer.body()).objects("Result").stream()
                    .map(each)
                    .toList();
            return new Answered<>(results, answer.body().length);
        } catch (IOException failure) {
            throw transport.unanswered(call, failure);
        } catch (IllegalArgumentException unusable) {
            throw new BrokerException(call.what(), "the answer cannot be used: " + unusable.getMessage(), null);
        }
    }

    private static Leased leased(JsonObject job) {
        JsonObject message = job.object("Message");
        @Nullable String base64 = message.stringOrNull("PayloadBase64");
        return new Leased(
                job.string("Receipt"),
                new PulledJob(
                        job.string("ID"),
                        message.string("MessageID"),
                        message.string("ContentType"),
                        message.strings("Headers"),
                        base64 == null
                                ? message.string("Payload").getBytes(StandardCharsets.UTF_8)
                                : Base64.getDecoder().decode(base64),
                        job.number("Priority"),
                        job.number("Attempts"),
                        job.flag("PossibleDuplicate")));
    }

    private static Receipt receipt(JsonObject receipt) {
        return new Receipt(receipt.string("Receipt"), receipt.flag("Done"), receipt.string("Status"));
    }

    private static String array(Collection<String> texts) {
        return texts.stream().map(JsonObject::quoted).collect(Collectors.joining(",", "[", "]"));
    }
}
