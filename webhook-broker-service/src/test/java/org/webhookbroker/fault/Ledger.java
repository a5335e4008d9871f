package org.webhookbroker.fault;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.webhookbroker.testing.ReceivedRequest;

/** Books of our own, beside the broker's: what producers were told, and what consumers got. Thread-safe. */
final class Ledger {
    /**
     * A delivery that did not say that it may be a repeat, and came second.
     *
     * @param overtaken whether the one before it said so: then this one was sent first, and was held up on its way
     */
    record Unmarked(String consumer, String message, boolean overtaken) {}

    /** What Jetty answers while it stops. */
    private static final String STOPPING = "Service Unavailable";

    private final Set<String> sent = ConcurrentHashMap.newKeySet();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    /** By consumer, then by message: whether the first delivery was marked as a possible repeat. */
    private final Map<String, Map<String, Boolean>> received = new ConcurrentHashMap<>();

    private final ConcurrentLinkedQueue<Unmarked> unmarked = new ConcurrentLinkedQueue<>();
    private final Set<String> odd = ConcurrentHashMap.newKeySet();
    private final AtomicLong deliveries = new AtomicLong();
    private final AtomicLong repeats = new AtomicLong();

    Ledger(List<String> consumers) {
        consumers.forEach(consumer -> received.put(consumer, new ConcurrentHashMap<>()));
    }

    void sends(String message) {
        sent.add(message);
    }

    void acknowledged(String message) {
        acknowledged.add(message);
    }

    /** Whether it is stored. Whatever breaks, a producer is told that or asked to come again. */
    boolean answered(String message, HttpResponse<String> answer) {
        int status = answer.statusCode();
        boolean stored = status == 201 || status == 409;
        if (stored) {
            acknowledged(message);
        } else if (status != 503
                || (answer.headers().firstValue("Retry-After").isEmpty()
                        && !answer.body().equals(STOPPING))) {
            odd.add(status + " " + answer.body());
        }
        return stored;
    }

    void delivered(String consumer, ReceivedRequest request) {
        delivered(
                consumer,
                String.valueOf(request.header("X-Broker-Message-ID")),
                "true".equals(request.header("X-Broker-Possible-Duplicate")));
    }

    /** @param marked as a possible repeat */
    void delivered(String consumer, String message, boolean marked) {
        deliveries.incrementAndGet();
        Boolean first = received.get(consumer).putIfAbsent(message, marked);
        if (first != null) {
            repeats.incrementAndGet();
            if (!marked) {
                unmarked.add(new Unmarked(consumer, message, first));
            }
        }
    }

    /** What was acknowledged and has not reached a consumer yet, by consumer and message. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        received.forEach((consumer, messages) -> {
            Set<String> left = new HashSet<>(acknowledged);
            left.removeAll(messages.keySet());
            left.forEach(message -> missing.add(consumer + " " + message));
        });
        return missing;
    }

    /** What was sent and never acknowledged: each try was refused, or lost. */
    Set<String> refused() {
        Set<String> refused = new HashSet<>(sent);
        refused.removeAll(acknowledged);
        return refused;
    }

    /** What a consumer got although nobody sent it. */
    List<String> invented() {
        return received.values().stream()
                .flatMap(messages -> messages.keySet().stream())
                .filter(message -> !sent.contains(message))
                .toList();
    }

    /** Takes out what has been added since the last call. */
    List<Unmarked> takeUnmarked() {
        List<Unmarked> taken = new ArrayList<>();
        for (Unmarked next = unmarked.poll(); next != null; next = unmarked.poll()) {
            taken.add(next);
        }
        return taken;
    }

    /** Answers that no fault excuses, since the last call. */
    Set<String> takeOdd() {
        Set<String> taken = Set.copyOf(odd);
        odd.removeAll(taken);
        return taken;
    }

    long acknowledged() {
        return acknowledged.size();
    }

    long deliveries() {
        return deliveries.get();
    }

    long repeats() {
        return repeats.get();
    }
}
