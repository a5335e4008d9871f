package org.webhookbroker.quota;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Messages and bytes a second of keys, producers and channels. A broadcast uses up all of its quotas or, if one has not enough left, none: so
 * what a producer is refused costs its channel nothing. One lock for all, since nothing here takes longer than a lock. Thread-safe.
 */
final class SendQuotas {
    private final List<Meters> kinds;
    private final LongSupplier nanoTime;

    /** @param nanoTime a monotonic clock */
    SendQuotas(List<Meters> kinds, LongSupplier nanoTime) {
        this.kinds = kinds;
        this.nanoTime = nanoTime;
    }

    /** Which quota has not enough left: the one that takes longest to have it. */
    synchronized Optional<Excess> excess(Sender sender, long payload) {
        return excess(sender, payload, new ArrayList<>());
    }

    /** The same, and if none is exceeded the message is counted. */
    synchronized Optional<Excess> take(Sender sender, long payload) {
        List<Meters.Found> met = new ArrayList<>();
        Optional<Excess> excess = excess(sender, payload, met);
        if (excess.isEmpty()) {
            for (Meters.Found found : met) {
                found.whole().take(payload);
                if (found.share() != null) {
                    found.share().take(payload);
                }
            }
        }
        return excess;
    }

    private Optional<Excess> excess(Sender sender, long payload, List<Meters.Found> met) {
        long now = nanoTime.getAsLong();
        List<Excess> all = new ArrayList<>();
        for (Meters kind : kinds) {
            kind.of(sender, now).ifPresent(found -> {
                met.add(found);
                kind.excess(found, sender, payload, now).ifPresent(all::add);
            });
        }
        return all.stream().max(Comparator.comparing(Excess::delay));
    }
}
