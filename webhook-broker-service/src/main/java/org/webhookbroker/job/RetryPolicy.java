package org.webhookbroker.job;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.webhookbroker.registry.Retries;

/**
 * When a failed job is tried again. Pure but for the jitter. With delays d1..dn the k-th retry waits dk, beyond the list
 * (k - n + 1) times dn (contract 5.5).
 *
 * @param maxRetries retries after the first attempt; a job is dead after 1 + maxRetries attempts
 * @param jitter at most this share is added, from 0 to 0.1, so that jobs that failed together do not return together
 * @param longestRetryAfter what a consumer may ask for at most
 * @param unreachableFor how long a job waits while nobody can be reached
 */
public record RetryPolicy(
        List<Duration> delays,
        int maxRetries,
        double jitter,
        Duration longestRetryAfter,
        Duration unreachableFor,
        RandomGenerator random) {
    private static final Duration LONGEST = Duration.ofDays(365);

    /**
     * Delay before the next attempt, or empty when the job is dead.
     *
     * @param failedBefore failed attempts before this one
     * @param asked the consumer's {@code Retry-After}: never shortens the delay, and is bounded
     */
    public Optional<Duration> next(int failedBefore, Optional<Duration> asked) {
        if (failedBefore >= maxRetries) {
            return Optional.empty();
        }
        Duration scheduled = scheduled(failedBefore + 1);
        Duration bounded = asked.map(this::bound).orElse(Duration.ZERO);
        return Optional.of(jittered(bounded.compareTo(scheduled) > 0 ? bounded : scheduled));
    }

    /**
     * Delay after an attempt that is not spent, since nobody was reached: that of the retry which such a failure would bring otherwise.
     * It is bounded, so that a job which dies of that was tried many times meanwhile, whoever else has met somebody.
     */
    public Duration unspent(int failedBefore) {
        Duration bound = Absence.betweenJudgements(unreachableFor);
        Duration scheduled = scheduled(failedBefore + 1);
        return jittered(scheduled.compareTo(bound) > 0 ? bound : scheduled);
    }

    private Duration jittered(Duration base) {
        return base.plusNanos((long) (base.toNanos() * jitter * random.nextDouble()));
    }

    /** The policy for a consumer, with its own retries where it has some. */
    public RetryPolicy with(Retries own) {
        if (own.equals(Retries.AS_CONFIGURED)) {
            return this;
        }
        List<Duration> ownDelays = own.delays().isEmpty() ? delays : own.delays();
        return new RetryPolicy(
                ownDelays,
                own.max().orElse(maxRetries),
                jitter,
                longestRetryAfter,
                own.unreachableFor().orElse(unreachableFor),
                random);
    }

    /** How much of a {@code Retry-After} is honoured. */
    public Duration bound(Duration asked) {
        return asked.compareTo(longestRetryAfter) > 0 ? longestRetryAfter : asked;
    }

    /** The delay before retry number {@code retry}, counted from 1, without jitter. At most a year, so that no sum of times overflows. */
    public Duration scheduled(int retry) {
        int last = delays.size();
        Duration delay =
                retry < last ? delays.get(retry - 1) : delays.get(last - 1).multipliedBy(retry - last + 1L);
        return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
    }
}
