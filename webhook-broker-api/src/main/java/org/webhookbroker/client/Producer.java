package org.webhookbroker.client;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.webhookbroker.api.BrokerHeaders;

/**
 * One producer at one channel. Every call is tried again, with the same message id, after 503 and 429 (and 408, 502 and 504, which
 * proxies answer), a lost connection or no answer, after pauses that grow to ten seconds or to what {@code Retry-After} asks, up to
 * thirty; until the deadline of the client. Thread-safe.
 *
 * <p>All calls throw {@link BrokerException} for any other answer, and when the deadline comes; {@link InterruptedException} if the
 * thread is interrupted, and then the broker may have done what was asked, or not; {@link IllegalStateException} once the client is
 * closed.
 */
public final class Producer {
    private final Retries retries;
    private final int concurrency;
    private final String channel;
    private final String path;
    private final Map<String, String> access;

    Producer(Retries retries, int concurrency, String channel, String producer, Map<String, String> tokens) {
        this.retries = retries;
        this.concurrency = concurrency;
        this.channel = channel;
        this.path = "/channel" + Call.segment(channel);
        HeaderText.requireValue("the id of the producer", producer);
        this.access = Call.with(tokens, BrokerHeaders.PRODUCER_ID, producer);
    }

    /**
     * Returns once the message and its jobs are committed.
     *
     * <p>409, the id is taken in this channel, counts as stored: that is how the broker answers a repeat of what it has stored, whether
     * this call or an earlier one sent it. It does not compare contents. So where one id is used for two messages, by whichever
     * producers of the channel, the second one is not stored, and {@link BroadcastResult#duplicate} is all that tells.
     */
    public BroadcastResult broadcast(Message message) throws InterruptedException {
        return store("broadcast of ", message, headers(message));
    }

    /**
     * Keeps the message until then; see {@link #broadcast}. A scheduled message that was cancelled keeps its id, so 409 may also mean
     * that, or an ordinary message: look at {@link BroadcastResult#attempts}.
     *
     * @param due sent in microseconds, rounded up; at least {@code intake.minScheduleDelay} of the broker (2 minutes unless set) ahead,
     *     otherwise {@link BrokerException} with 412
     */
    public BroadcastResult schedule(Message message, Instant due) throws InterruptedException {
        Instant micros = due.plusNanos(999).truncatedTo(ChronoUnit.MICROS);
        return store(
                "schedule of ", message, Call.with(headers(message), BrokerHeaders.SCHEDULED_FOR, micros.toString()));
    }

    /**
     * A scheduled message of this producer will not be delivered once this has returned, also if it was cancelled before.
     *
     * @throws BrokerException with 409 if it is too late, 404 if there is none of this id, 403 if it is another producer's
     */
    public void cancel(String messageId) throws InterruptedException {
        Call call = new Call(
                "cancel of " + messageId + " in " + channel,
                "DELETE",
                path + "/scheduled-message" + Call.segment(messageId),
                access,
                new byte[0]);
        Answer answer = retries.call(call).answer();
        if (answer.status() != 204) {
            throw retries.refused(call, answer);
        }
    }

    /** {@link #broadcastAll(Iterable, Consumer)} with the results in a list. */
    public List<BatchResult> broadcastAll(Iterable<Message> messages) throws InterruptedException {
        List<BatchResult> results = new ArrayList<>();
        broadcastAll(messages, results::add);
        return results;
    }

    /**
     * Broadcasts many, as many at once as the client's {@code concurrency} says, by HTTP/2 where the broker has it. No more than that
     * are taken from {@code messages} ahead of the oldest one without a result, so they may be made on the way, and without end. Each
     * message has its own deadline, and one that fails does not stop the others.
     *
     * @param results gets what became of each, in the order of the messages, on the calling thread. What it throws ends the batch
     */
    public void broadcastAll(Iterable<Message> messages, Consumer<BatchResult> results) throws InterruptedException {
        Call first = new Call("question for HTTP/2", "OPTIONS", path + "/broadcast", access, new byte[0]);
        try (Batch batch = new Batch(concurrency, message -> {
            retries.versions().upgrade(first);
            return broadcast(message);
        })) {
            retries.versions().upgrade(first);
            batch.run(messages.iterator(), results);
        }
    }

    private BroadcastResult store(String doing, Message message, Map<String, String> headers)
            throws InterruptedException {
        Call call = new Call(
                doing + message.id() + " to " + channel, "POST", path + "/broadcast", headers, message.payload());
        Retries.Done done = retries.call(call);
        int status = done.answer().status();
        if (status != 201 && status != 409) {
            throw retries.refused(call, done.answer());
        }
        return new BroadcastResult(message.id(), status == 409, done.attempts());
    }

    private Map<String, String> headers(Message message) {
        Map<String, String> headers = new HashMap<>(message.metadata());
        headers.putAll(access);
        headers.put("Content-Type", message.contentType());
        headers.put(BrokerHeaders.MESSAGE_ID, message.id());
        if (message.priority() > 0) {
            headers.put(BrokerHeaders.MESSAGE_PRIORITY, Integer.toString(message.priority()));
        }
        if (!message.metadata().isEmpty()) {
            headers.put(
                    BrokerHeaders.METADATA_HEADERS,
                    String.join(",", message.metadata().keySet()));
        }
        return headers;
    }
}
