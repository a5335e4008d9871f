package org.webhookbroker.dispatch;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.webhookbroker.database.Xid;

/**
 * Outcomes that the database refuses by themselves, to be tried again. Consumers take turns, so that what was wrong with one of them
 * is found to be over although thousands of outcomes of others are refused on. Not thread-safe.
 */
final class RefusedOutcomes {
    private final Map<Xid, Deque<Unwritten>> byConsumer = new LinkedHashMap<>();

    void add(Unwritten outcome) {
        byConsumer
                .computeIfAbsent(outcome.settlement().job().consumerId(), consumer -> new ArrayDeque<>())
                .add(outcome);
    }

    boolean isEmpty() {
        return byConsumer.isEmpty();
    }

    int size() {
        return byConsumer.values().stream().mapToInt(Collection::size).sum();
    }

    /** The one whose turn it is. */
    Unwritten next() {
        return byConsumer.values().iterator().next().element();
    }

    /** Takes out {@link #next}; then it is another consumer's turn. */
    void removeNext() {
        removeAlike().forEach(this::add);
    }

    /** Takes out {@link #next} and all others of its consumer, and returns these. */
    List<Unwritten> removeAlike() {
        Iterator<Deque<Unwritten>> turns = byConsumer.values().iterator();
        Deque<Unwritten> alike = turns.next();
        turns.remove();
        alike.remove();
        return List.copyOf(alike);
    }
}
