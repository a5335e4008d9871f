package org.webhookbroker.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How many jobs to take from each priority of one consumer. Highest first (G11), yet an eighth goes to whichever priority
 * has waited longest, so that low ones do not starve; and retries get at most half while first attempts wait (G6).
 */
final class LeasePlan {
    /** The jobs of one priority and turn. A negative wait is the time until the first of them is due. */
    record Head(Turn turn, int priority, long waitedMicros) {
        boolean isDue() {
            return waitedMicros >= 0;
        }

        boolean retry() {
            return turn != Turn.FIRST;
        }
    }

    record Share(Head head, int limit) {}

    static final int STARVATION_SHARE = 8;

    static final int LOTS = 2 * STARVATION_SHARE;

    private LeasePlan() {}

    /**
     * In the order in which to take; limits may add up to more than {@code wanted}, so stop when it is reached.
     *
     * @param lot less than {@link #LOTS}, drawn anew for each look: what is left of a batch that has no whole halves or eighths
     *     goes to retries, and to those who waited longest, as often as is fair, or small batches would never take them
     */
    static List<Share> shares(List<Head> due, int wanted, int lot) {
        boolean mixed = due.stream().anyMatch(Head::retry) && due.stream().anyMatch(head -> !head.retry());
        List<Share> shares = new ArrayList<>();
        if (mixed) {
            int half = (wanted + lot / STARVATION_SHARE) / 2;
            shares.addAll(sharesOfKind(due, false, wanted - half, lot));
            shares.addAll(sharesOfKind(due, true, half, lot));
        }
        shares.addAll(sharesOfKind(due, false, wanted, lot));
        shares.addAll(sharesOfKind(due, true, wanted, lot));
        return shares;
    }

    private static List<Share> sharesOfKind(List<Head> due, boolean retry, int wanted, int lot) {
        if (wanted == 0) {
            return List.of();
        }
        List<Head> heads = due.stream()
                .filter(head -> head.retry() == retry)
                .sorted(Comparator.comparingInt(Head::priority).reversed())
                .toList();
        List<Share> shares = new ArrayList<>();
        int reserved = heads.size() > 1 ? (wanted + lot % STARVATION_SHARE) / STARVATION_SHARE : 0;
        if (reserved > 0) {
            heads.stream()
                    .max(Comparator.comparingLong(Head::waitedMicros))
                    .ifPresent(longest -> shares.add(new Share(longest, reserved)));
        }
        heads.forEach(head -> shares.add(new Share(head, wanted)));
        return shares;
    }
}
