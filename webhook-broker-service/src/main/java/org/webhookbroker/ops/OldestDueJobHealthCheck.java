package org.webhookbroker.ops;

import com.codahale.metrics.health.HealthCheck;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.webhookbroker.ops.BacklogSnapshot.ConsumerBacklog;
import org.webhookbroker.registry.ConsumerType;

/**
 * Red when jobs of a push consumer have long been due and nothing at all happens to them. If something does happen, the
 * consumer is slow, failing or rate-limited, or has asked us to stay away: that is the concern of its team, and shows in the
 * message only.
 */
final class OldestDueJobHealthCheck extends HealthCheck {
    private static final int NAMED = 5;

    private final Supplier<BacklogSnapshot> backlogs;
    private final Duration limit;

    OldestDueJobHealthCheck(Supplier<BacklogSnapshot> backlogs, Duration limit) {
        this.backlogs = backlogs;
        this.limit = limit;
    }

    @Override
    protected Result check() {
        List<ConsumerBacklog> late = backlogs.get().consumers().stream()
                .filter(each -> each.consumer().type() == ConsumerType.PUSH)
                .filter(each -> each.waited().compareTo(limit) > 0)
                .sorted(Comparator.comparing(ConsumerBacklog::waited).reversed())
                .toList();
        List<ConsumerBacklog> stuck = late.stream()
                .filter(each -> each.unmoved().compareTo(limit) > 0)
                .toList();
        if (!stuck.isEmpty()) {
            return Result.unhealthy("Nobody delivers jobs that are due: " + names(stuck));
        }
        return late.isEmpty() ? Result.healthy() : Result.healthy("Late, but moving: " + names(late));
    }

    private static String names(List<ConsumerBacklog> consumers) {
        String named = consumers.stream()
                .limit(NAMED)
                .map(each ->
                        Targets.name(each.consumer()) + " (" + each.waited().toSeconds() + " s)")
                .collect(Collectors.joining(", "));
        return consumers.size() > NAMED ? named + " and " + (consumers.size() - NAMED) + " more" : named;
    }
}
