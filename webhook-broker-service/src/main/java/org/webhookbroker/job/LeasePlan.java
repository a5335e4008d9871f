package org.webhookbroker.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.webhookbroker.job.LeaseHeads.Head;

/**
 * How many jobs to take from each priority of one consumer. Highest first (G11), yet an eighth goes to whichever priority
 * has waited longest, so that low ones do not starve; and retries get at most half while first attempts wait (G6).
 */
final class LeasePlan {
    record Share(Head head, int limit) {}

    static final int STARVATION_SHARE = 8;

    /** The number of values of {@code rounding}, by which the half and the eighth are rounded independently. */
    static final int ROUNDINGS = 2 * STARVATION_SHARE;

    private LeasePlan() {}

    /**
     * The shares in the order in which to take them. Their limits may add up to more than {@code wanted}, so stop when it is
     * reached.
     *
     * @param rounding a random number below {@link #ROUNDINGS}, another for each look. It decides whether the half and the eighth
     *     of a batch are rounded up, which is as often as is fair. If they were always rounded down, small batches would never take
     *     retries, or the jobs that have waited longest
     */
    static List<Share> shares(List<Head> due, int wanted, int rounding) {
        boolean mixed = due.stream().anyMatch(Head::retry) && due.stream().anyMatch(head -> !head.retry());
        List<Share> shares = new ArrayList<>();
        if (mixed) {
            int half = (wanted + rounding / STARVATION_SHARE) / 2;
            shares.addAll(sharesOfKind(due, false, wanted - half, rounding));
            shares.addAll(sharesOfKind(due, true, half, rounding));
        }
        shares.addAll(sharesOfKind(due, false, wanted, rounding));
        shares.addAll(sharesOfKind(due, true, wanted, rounding));
        return shares;
    }

    private static List<Share> sharesOfKind(List<Head> due, boolean retry, int wanted, int rounding) {
        if (wanted == 0) {
            return List.of();
        }
        List<Head> heads = due.stream()
                .filter(head -> head.retry() == retry)
                .sorted(Comparator.comparingInt(Head::priority).reversed())
                .toList();
        List<Share> shares = new ArrayList<>();
        int reserved = heads.size() > 1 ? (wanted + rounding % STARVATION_SHARE) / STARVATION_SHARE : 0;
        if (reserved > 0) {
            heads.stream()
                    .max(Comparator.comparingLong(Head::waitedMicros))
                    .ifPresent(longest -> shares.add(new Share(longest, reserved)));
        }
        heads.forEach(head -> shares.add(new Share(head, wanted)));
        return shares;
    }
}
