package org.webhookbroker.dispatch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Database;
import org.webhookbroker.job.SettleStore;
import org.webhookbroker.job.Settlement;

/**
 * Gathers outcomes for a few milliseconds and writes them in one transaction. The room of the lanes bounds it, since that is given
 * back only after the commit: while the database is away, outcomes wait here and no new jobs come. Thread-safe.
 */
final class SettleBuffer implements BackgroundLoop.Duty {
    private static final Logger LOG = LoggerFactory.getLogger(SettleBuffer.class);
    private static final int BATCH = 500;
    private static final int WORTHWHILE = 64;
    private static final long GATHER_MILLIS = 3;
    private static final long IDLE_MILLIS = 200;

    /** @param lane whose room the job takes, or null when it takes none */
    private record Entry(@Nullable Lane lane, Settlement settlement) {
        int holder() {
            return settlement.job().holder();
        }
    }

    private final Database database;
    private final SettleStore store = new SettleStore();
    private final DispatchMetrics metrics;
    private final Runnable roomFreed;
    private final BlockingQueue<Entry> waiting = new LinkedBlockingQueue<>();
    private final LongAdder unwritten = new LongAdder();
    /** Outcomes that are not written yet, by holder. There is nearly always one holder. */
    private final Map<Integer, List<Entry>> batch = new HashMap<>();

    /** @param roomFreed called when a lane has room for jobs that wait in the database */
    SettleBuffer(Database database, DispatchMetrics metrics, Runnable roomFreed) {
        this.database = database;
        this.metrics = metrics;
        this.roomFreed = roomFreed;
    }

    void add(@Nullable Lane lane, Settlement settlement) {
        unwritten.increment();
        waiting.add(new Entry(lane, settlement));
    }

    /** A batch that could not be written stays and is tried again by the next pass. */
    @Override
    public boolean runOnce() throws InterruptedException {
        if (batch.isEmpty()) {
            gather();
        }
        for (Iterator<Map.Entry<Integer, List<Entry>>> groups = batch.entrySet().iterator(); groups.hasNext(); ) {
            Map.Entry<Integer, List<Entry>> group = groups.next();
            settle(group.getKey(), group.getValue());
            groups.remove();
        }
        return true;
    }

    /** Whether all outcomes are recorded, which the stop of the broker waits for. */
    boolean isDone() {
        return unwritten.sum() == 0;
    }

    private void gather() throws InterruptedException {
        Entry first = waiting.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (first == null) {
            return;
        }
        if (waiting.size() < WORTHWHILE) {
            Thread.sleep(GATHER_MILLIS);
        }
        List<Entry> gathered = new ArrayList<>(BATCH);
        gathered.add(first);
        waiting.drainTo(gathered, BATCH - 1);
        gathered.forEach(entry -> batch.computeIfAbsent(entry.holder(), holder -> new ArrayList<>())
                .add(entry));
    }

    private void settle(int holder, List<Entry> entries) {
        try {
            write(holder, entries);
        } catch (RuntimeException failure) {
            if (Database.isUnavailable(failure)) {
                throw failure;
            }
            LOG.warn("{} outcomes could not be recorded together; trying one by one", entries.size(), failure);
            settleOneByOne(holder, entries);
        }
    }

    /** Drops an outcome that cannot be recorded. Otherwise all others would wait behind it; {@link LostAndFound} finds its job. */
    private void settleOneByOne(int holder, List<Entry> entries) {
        for (Iterator<Entry> each = entries.iterator(); each.hasNext(); each.remove()) {
            List<Entry> one = List.of(each.next());
            try {
                write(holder, one);
            } catch (RuntimeException failure) {
                if (Database.isUnavailable(failure)) {
                    throw failure;
                }
                LOG.error("Cannot record {}", one.get(0).settlement(), failure);
                ended(one);
            }
        }
    }

    private void write(int holder, List<Entry> entries) {
        List<Settlement> settlements = entries.stream().map(Entry::settlement).toList();
        SettleStore.Settled settled = database.inTransaction(handle -> store.settle(handle, holder, settlements));
        metrics.settled(settled);
        ended(entries);
    }

    private void ended(List<Entry> entries) {
        unwritten.add(-entries.size());
        boolean wanted = false;
        for (Entry entry : entries) {
            Lane lane = entry.lane();
            if (lane != null) {
                lane.settled(entry.settlement());
                wanted |= lane.look().isPresent();
            }
        }
        if (wanted) {
            roomFreed.run();
        }
    }
}
