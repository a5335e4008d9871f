package org.webhookbroker.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.job.TallyStore.Totals;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.RegistrySnapshot;
import org.webhookbroker.schedule.ScheduleTallyStore;

/**
 * Proves that nothing that was accepted has vanished (G2): recounts messages and jobs, and compares with the counters, both
 * as of one moment, so that running traffic makes no difference.
 */
final class Accounting {
    /** One number of one owner from both sources: as the transactions counted it, and as the tables hold it. */
    record Line(String owner, String what, long counted, long found) {
        long difference() {
            return Math.abs(counted - found);
        }
    }

    /** @param schedules by channel, those that ever had a scheduled message */
    record Report(
            Map<String, Totals> consumers, Map<String, ScheduleTallyStore.Totals> schedules, List<Line> differences) {
        long unaccounted() {
            return differences.stream().mapToLong(Line::difference).sum();
        }
    }

    private record Books(
            Map<Xid, Totals> tally,
            Map<Xid, RecountStore.Jobs> jobs,
            Map<Xid, Long> messages,
            ScheduleBooks schedules) {}

    private final Database database;
    private final Registry registry;
    private final TallyStore tallies = new TallyStore();
    private final RecountStore recounts = new RecountStore();

    Accounting(Database database, Registry registry) {
        this.database = database;
        this.registry = registry;
    }

    /** @param progress told the number of rows of each chunk that was read */
    Report report(IntConsumer progress) {
        Books books = database.inSnapshot(handle -> new Books(
                tallies.all(handle),
                recounts.jobs(handle, progress),
                recounts.messages(handle, progress),
                ScheduleBooks.read(handle, progress)));
        // Taken after the books, so that it names every consumer in them.
        return compare(books, registry.refresh());
    }

    private static Report compare(Books books, RegistrySnapshot snapshot) {
        Map<Xid, Channel> channels =
                snapshot.channels().stream().collect(Collectors.toMap(Channel::id, Function.identity()));
        Map<String, Totals> consumers = new TreeMap<>();
        List<Line> lines = new ArrayList<>();
        Set<Xid> owners = new TreeSet<>(books.tally().keySet());
        owners.addAll(books.jobs().keySet());
        owners.addAll(books.messages().keySet());
        for (Xid owner : owners) {
            Totals totals = books.tally().getOrDefault(owner, Totals.NONE);
            @Nullable Channel channel = channels.get(owner);
            if (channel == null) {
                String name = snapshot.consumer(owner).map(Targets::name).orElse("consumer removed, id " + owner);
                consumers.put(name, totals);
                lines.addAll(lines(name, totals, books.jobs().getOrDefault(owner, RecountStore.Jobs.NONE)));
            } else {
                lines.add(new Line(
                        channel.publicId(),
                        "messages",
                        totals.stored(),
                        books.messages().getOrDefault(owner, 0L)));
            }
        }
        Map<String, ScheduleTallyStore.Totals> schedules = new TreeMap<>();
        channels.values().forEach(channel -> books.schedules().add(channel, schedules, lines));
        return new Report(
                consumers,
                schedules,
                lines.stream().filter(line -> line.difference() > 0).toList());
    }

    private static List<Line> lines(String name, Totals totals, RecountStore.Jobs found) {
        return List.of(
                new Line(name, "live jobs", totals.live(), found.live()),
                new Line(name, "delivered jobs", totals.delivered() - totals.archived(), found.delivered()),
                new Line(name, "dead jobs", totals.dead(), found.dead()));
    }
}
