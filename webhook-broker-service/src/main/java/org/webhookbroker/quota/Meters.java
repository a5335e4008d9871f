package org.webhookbroker.quota;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The quotas of one kind, and what is left of them. Only ids whose tokens or key were right get here. Where many share a quota, one of them
 * leaves half of it to the others: beyond the upper half of the bucket it has half of what flows in. Not thread-safe.
 */
final class Meters {
    /** What one request meets. */
    record Found(SendQuota quota, Meter whole, @Nullable Meter share) {}

    private static final double HALF = 0.5;

    private final QuotaKind kind;
    private final long largestPayload;
    private final Map<String, SendQuota> quotas;
    private final MeterMap wholes;
    private final MeterMap shares;

    /**
     * @param quotas the one with the empty id is for all that have none of their own
     * @param largestPayload which each bucket has room for
     * @param most meters that are remembered
     */
    Meters(QuotaKind kind, List<SendQuota> quotas, long largestPayload, int most) {
        this.kind = kind;
        this.largestPayload = largestPayload;
        this.quotas = quotas.stream().collect(Collectors.toUnmodifiableMap(SendQuota::id, Function.identity()));
        this.wholes = new MeterMap(most);
        this.shares = new MeterMap(most);
    }

    boolean areSet() {
        return !quotas.isEmpty();
    }

    /** Empty for a sender without a quota of this kind. */
    Optional<Found> of(Sender sender, long now) {
        String id = sender.id(kind);
        SendQuota quota = id == null ? null : quotas.getOrDefault(id, quotas.get(""));
        if (id == null || quota == null || quota.isNone()) {
            return Optional.empty();
        }
        Meter whole = wholes.of(id, now, () -> meter(quota, 1, now));
        // No id has a line feed.
        Meter share = isShared() ? shares.of(id + '\n' + sender.party(), now, () -> meter(quota, HALF, now)) : null;
        return Optional.of(new Found(quota, whole, share));
    }

    Optional<Excess> excess(Found found, Sender sender, long payload, long now) {
        Meter whole = found.whole();
        Meter share = found.share();
        long messages = delay(whole.messages(), share == null ? null : share.messages(), 1, now);
        long bytes = delay(whole.bytes(), share == null ? null : share.bytes(), (double) payload, now);
        if (messages == 0 && bytes == 0) {
            return Optional.empty();
        }
        String limit = messages >= bytes
                ? found.quota().messages() + " messages"
                : found.quota().bytes() + " bytes";
        String text = "each node takes %s a second of the %s `%s`".formatted(limit, kind.label(), sender.id(kind));
        return Optional.of(new Excess(kind, text, Duration.ofNanos(Math.max(messages, bytes))));
    }

    int size() {
        return wholes.size() + shares.size();
    }

    private boolean isShared() {
        return kind == QuotaKind.CHANNEL;
    }

    private static long delay(Bucket whole, @Nullable Bucket share, double tokens, long now) {
        long ofWhole = whole.delay(tokens, now);
        return share == null
                ? ofWhole
                : Math.max(ofWhole, Math.min(whole.delay(tokens + HALF * whole.size(), now), share.delay(tokens, now)));
    }

    /** With room for the largest payload, and for that of another where many share it. */
    private Meter meter(SendQuota quota, double part, long now) {
        int atLeast = isShared() ? 2 : 1;
        double seconds = quota.burst().toNanos() / 1e9;
        return new Meter(
                new Bucket(part * quota.messages(), part * Math.max(atLeast, seconds * quota.messages()), now),
                new Bucket(
                        part * quota.bytes(),
                        part * Math.max(atLeast * (double) largestPayload, seconds * quota.bytes()),
                        now));
    }
}
