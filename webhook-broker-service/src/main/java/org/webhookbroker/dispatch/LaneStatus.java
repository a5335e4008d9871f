package org.webhookbroker.dispatch;

import java.util.Optional;
import org.webhookbroker.database.Xid;

/** What the lanes say to those who only ask. No lane begins or ends by it. Thread-safe. */
record LaneStatus(Lanes lanes) {
    boolean holds(Xid consumer, Xid job) {
        Lane lane = lanes.of(consumer);
        return lane != null && lane.holds(job);
    }

    boolean isAskedAway(Xid consumer) {
        Lane lane = lanes.of(consumer);
        return lane != null && lane.attempts().ask(Availability::isAskedAway);
    }

    /** Why this node's jobs of a consumer wait, if it is because nobody answers. */
    Optional<Waiting> waiting(Xid consumer) {
        return Optional.ofNullable(lanes.of(consumer))
                .flatMap(lane -> lane.attempts().ask(Availability::waiting));
    }

    /** Nothing is in flight and every outcome is recorded. */
    boolean areEmpty() {
        return lanes.all().stream().allMatch(Lane::isEmpty);
    }

    int inFlight() {
        return lanes.all().stream().mapToInt(lane -> lane.attempts().inFlight()).sum();
    }
}
