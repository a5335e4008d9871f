package org.webhookbroker.ops;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.job.TallyStore.Totals;
import org.webhookbroker.ops.QueueStore.Section;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;

/**
 * Reads every few seconds what gauges and health checks show, so that a scrape costs the database nothing. Reads counters
 * and the edges of an index, never the jobs themselves.
 */
final class GaugeRefresh implements BackgroundLoop.Duty {
    /** Differs between two looks if anything happened to a consumer's jobs, except that new ones arrived. */
    private record Position(long ended, Instant firstDue) {}

    private record Moved(Position position, long at) {}

    /** Of consumers with few jobs the oldest is looked for; of the others it is one that has been due for about as long. */
    private static final int FEW = 1000;

    private static final int FEW_IN_ALL = 20_000;

    private final Database database;
    private final Registry registry;
    private final Predicate<Xid> askedAway;
    private final LongSupplier nanoTime;
    private final TallyStore tallies = new TallyStore();
    private final QueueStore queues = new QueueStore();
    private final Map<Xid, Moved> lastMoves = new HashMap<>();
    private volatile BacklogSnapshot backlogs = BacklogSnapshot.NONE;

    /**
     * @param askedAway whether a consumer's own {@code Retry-After}, and no fault of ours, keeps its jobs waiting
     * @param nanoTime a monotonic clock: health must not change because somebody sets the wall clock
     */
    GaugeRefresh(Database database, Registry registry, Predicate<Xid> askedAway, LongSupplier nanoTime) {
        this.database = database;
        this.registry = registry;
        this.askedAway = askedAway;
        this.nanoTime = nanoTime;
    }

    BacklogSnapshot backlogs() {
        return backlogs;
    }

    @Override
    public boolean runOnce() {
        Map<Xid, Totals> totals = database.withHandle(tallies::all);
        Map<Xid, List<Section>> sections =
                database.withHandle(queues::sections).stream().collect(Collectors.groupingBy(Section::consumer));
        Collection<Consumer> registered = registry.refresh().consumers();
        Map<Xid, Duration> oldest = database.withHandle(handle -> queues.oldest(handle, withFew(registered, totals)));
        List<BacklogSnapshot.ConsumerBacklog> consumers = new ArrayList<>();
        for (Consumer consumer : registered) {
            Totals sums = totals.get(consumer.id());
            if (sums != null) {
                List<Section> own = sections.getOrDefault(consumer.id(), List.of());
                consumers.add(backlogOf(consumer, sums, own, oldest.getOrDefault(consumer.id(), longest(own))));
            }
        }
        lastMoves.keySet().retainAll(totals.keySet());
        backlogs = new BacklogSnapshot(List.copyOf(consumers));
        return false;
    }

    private static List<Xid> withFew(Collection<Consumer> consumers, Map<Xid, Totals> totals) {
        List<Xid> few = new ArrayList<>();
        long jobs = 0;
        for (Consumer consumer : consumers) {
            long live = totals.getOrDefault(consumer.id(), Totals.NONE).live();
            if (live > 0 && live <= FEW && jobs + live <= FEW_IN_ALL) {
                jobs += live;
                few.add(consumer.id());
            }
        }
        return few;
    }

    private static Duration longest(List<Section> sections) {
        return sections.stream()
                .map(Section::waited)
                .filter(waited -> !waited.isNegative())
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    private BacklogSnapshot.ConsumerBacklog backlogOf(
            Consumer consumer, Totals totals, List<Section> sections, Duration oldest) {
        List<Section> due = sections.stream()
                .filter(section -> !section.held() && section.waited().compareTo(Duration.ZERO) > 0)
                .toList();
        Duration waited = longest(due);
        Instant firstDue = due.stream()
                .map(Section::firstDue)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
        boolean inFlight = sections.stream().anyMatch(Section::held);
        Position position = new Position(totals.delivered() + totals.dead() + totals.removed(), firstDue);
        long now = nanoTime.getAsLong();
        Moved moved = lastMoves.get(consumer.id());
        boolean excused = inFlight || askedAway.test(consumer.id());
        if (moved == null || excused || !moved.position().equals(position)) {
            moved = new Moved(position, now);
            lastMoves.put(consumer.id(), moved);
        }
        return new BacklogSnapshot.ConsumerBacklog(
                consumer, totals, waited, oldest, Duration.ofNanos(now - moved.at()));
    }
}
