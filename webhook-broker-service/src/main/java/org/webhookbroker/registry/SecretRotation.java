package org.webhookbroker.registry;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.Who;
import org.webhookbroker.signature.SigningSecret;

/** Replaces the signing secret of a consumer while its receivers still know the previous one. Thread-safe. */
public final class SecretRotation {
    public static final Duration OVERLAP = Duration.ofHours(24);
    public static final Duration LONGEST_OVERLAP = Duration.ofDays(7);

    private final ConsumerStore consumers;
    private final InstantSource clock;

    public SecretRotation(ConsumerStore consumers, InstantSource clock) {
        this.consumers = consumers;
        this.clock = clock;
    }

    /**
     * Returns the consumer with its next secret; empty if it is gone. Throws {@link RotationRefusedException} if it is not signed, or was rotated too
     * often.
     *
     * @param next makes the secret that is to come, by what holds now. What it throws comes through
     * @param overlap for which both secrets sign, in whole seconds
     */
    public Optional<Consumer> rotate(
            Consumer consumer, Function<Signing, SigningSecret> next, Duration overlap, Who who) {
        try {
            Optional<Consumer> found = consumers.find(consumer.channel(), consumer.publicId());
            while (found.isPresent()) {
                Signing now = found.get().signing();
                Signing rotated = now.rotated(next.apply(now), clock.instant(), overlap);
                ConsumerValues values = ConsumerValues.of(found.get()).signedBy(rotated);
                PutResult<Consumer> result =
                        consumers.put(values, asFound(found.get()), who.doing(Action.ROTATE_SECRET));
                if (result.verdict() == UpdateCondition.Verdict.PASSED) {
                    return Optional.of(result.entry());
                }
                found = consumers.find(consumer.channel(), consumer.publicId());
            }
        } catch (EntryRemovedException gone) {
            // As if it had not been found.
        }
        return Optional.empty();
    }

    /** Passes only if what was found still holds. */
    private static UpdateCondition asFound(Consumer found) {
        return UpdateCondition.unmodifiedSince(LastModified.of(found.changedAt()))
                .of(Optional.of(found));
    }
}
