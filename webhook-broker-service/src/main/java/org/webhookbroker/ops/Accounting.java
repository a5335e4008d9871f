package org.webhookbroker.ops;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.delivery.RecountStore;
import org.webhookbroker.delivery.RecountStore.Recount;
import org.webhookbroker.delivery.TallyStore;
import org.webhookbroker.delivery.TallyStore.Totals;
import org.webhookbroker.message.MessageRecountStore;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.RegistrySnapshot;

/**
 * Proves that nothing that was accepted has vanished (G2): recounts messages and jobs, and compares with the counters, both
 * as of one moment, so that running traffic makes no difference.
 */
final class Accounting {
    /** One number of one owner, twice: as counted in the transactions, and as found in the tables. */
    record Line(String owner, String what, long counted, long found) {
        long difference() {
            return Math.abs(counted - found);
        }
    }

    record Report(Map<String, Totals> consumers, List<Line> differences) {
        long unaccounted() {
            return differences.stream().mapToLong(Line::difference).sum();
        }
    }

    private record Books(Map<Xid, Totals> tally, Map<Xid, Recount> jobs, Map<Xid, Long> messages) {}

    private final Database database;
    private final Registry registry;
    private final TallyStore tallies = new TallyStore();
    private final RecountStore jobs = new RecountStore();
    private final MessageRecountStore messages = new MessageRecountStore();

    Accounting(Database database, Registry registry) {
        this.database = database;
        this.registry = registry;
    }

    /** @param progress told the number of rows of each chunk that was read */
    Report report(IntConsumer progress) {
        RegistrySnapshot snapshot = registry.refresh();
        Map<Xid, Channel> channels = snapshot.consumers().stream()
                .map(Consumer::channel)
                .collect(Collectors.toMap(Channel::id, channel -> channel, (one, same) -> one));
        Books books = database.inSnapshot(handle -> {
            Map<Xid, Totals> tally = tallies.all(handle);
            Map<Xid, Recount> foundJobs = jobs.recount(handle, progress);
            Map<Xid, Long> foundMessages = new TreeMap<>();
            channels.keySet().forEach(id -> foundMessages.put(id, messages.recount(handle, id, progress)));
            return new Books(tally, foundJobs, foundMessages);
        });
        Map<String, Totals> consumers = new TreeMap<>();
        List<Line> lines = new ArrayList<>();
        Set<Xid> owners = new HashSet<>(books.tally().keySet());
        owners.addAll(books.jobs().keySet());
        for (Xid owner : owners) {
            Totals totals = books.tally().getOrDefault(owner, Totals.NONE);
            @Nullable Channel channel = channels.get(owner);
            if (channel == null) {
                String name = snapshot.consumer(owner).map(Targets::name).orElse("consumer removed, id " + owner);
                consumers.put(name, totals);
                lines.addAll(lines(name, totals, books.jobs().getOrDefault(owner, Recount.NONE)));
            } else {
                long counted = totals.accepted() - totals.removed() - totals.archived();
                lines.add(new Line(
                        channel.publicId(),
                        "messages",
                        counted,
                        books.messages().getOrDefault(owner, 0L)));
            }
        }
        return new Report(
                consumers, lines.stream().filter(line -> line.difference() > 0).toList());
    }

    private static List<Line> lines(String name, Totals totals, Recount found) {
        return List.of(
                new Line(name, "live jobs", totals.live(), found.live()),
                new Line(name, "delivered jobs", totals.delivered() - totals.archived(), found.delivered()),
                new Line(name, "dead jobs", totals.dead(), found.dead()));
    }
}
