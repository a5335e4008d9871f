package org.webhookbroker.quota;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.job.TallyStore.Totals;
import org.webhookbroker.quota.ChannelRoom.Limit;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;

/** Reads from the counters again and again how many live jobs the consumers have that have a quota of them. Thread-safe. */
final class JobQuotas implements BackgroundLoop.Duty {
    private record Name(String channel, String id) {}

    /** The counters of more are read all together. */
    private static final int FEW = 1000;

    private static final JobQuota NONE = new JobQuota("", "", 0, JobQuota.WhenFull.HOLDS);

    private final Database database;
    private final Registry registry;
    private final HeldRequests held;
    private final Map<Name, JobQuota> quotas;
    private final TallyStore tallies = new TallyStore();
    private volatile Map<Xid, ChannelRoom> rooms = Map.of();

    /**
     * @param quotas the one without names is for all that have none of their own
     * @param held may have as many bytes of payloads
     */
    JobQuotas(Database database, Registry registry, List<JobQuota> quotas, long held) {
        this.database = database;
        this.registry = registry;
        this.held = new HeldRequests(held);
        this.quotas = quotas.stream()
                .collect(Collectors.toUnmodifiableMap(
                        quota -> new Name(quota.channel(), quota.id()), Function.identity()));
    }

    /** Null for a channel that has no consumer with a quota, or not had one when the counters were read. */
    @Nullable
    ChannelRoom of(Xid channel) {
        return rooms.get(channel);
    }

    int held() {
        return held.count();
    }

    @Override
    public boolean runOnce() {
        // A change wakes this before the registry has it as its current one.
        Map<Xid, List<Consumer>> limited = registry.refresh().consumers().stream()
                .filter(consumer -> quota(consumer).liveJobs() > 0)
                .collect(Collectors.groupingBy(consumer -> consumer.channel().id()));
        Map<Xid, ChannelRoom> looked = new HashMap<>();
        limited.keySet().forEach(channel -> {
            ChannelRoom known = rooms.get(channel);
            looked.put(channel, known == null ? new ChannelRoom(held) : known);
        });
        looked.values().forEach(ChannelRoom::beforeLook);
        Map<Xid, Totals> totals = totals(limited.values().stream()
                .flatMap(List::stream)
                .map(Consumer::id)
                .toList());
        looked.forEach((channel, room) -> {
            List<Limit> limits = new ArrayList<>();
            for (Consumer consumer : limited.getOrDefault(channel, List.of())) {
                JobQuota quota = quota(consumer);
                long live = totals.getOrDefault(consumer.id(), Totals.NONE).live();
                limits.add(new Limit(consumer.publicId(), quota, quota.liveJobs() - live));
            }
            room.looked(limits);
        });
        rooms = looked;
        return false;
    }

    private Map<Xid, Totals> totals(List<Xid> consumers) {
        if (consumers.isEmpty()) {
            return Map.of();
        }
        return database.withHandle(
                handle -> consumers.size() > FEW ? tallies.all(handle) : tallies.of(handle, consumers));
    }

    private JobQuota quota(Consumer consumer) {
        JobQuota own = quotas.get(new Name(consumer.channel().publicId(), consumer.publicId()));
        return own != null ? own : quotas.getOrDefault(new Name("", ""), NONE);
    }
}
