package org.webhookbroker.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Database;
import org.webhookbroker.job.Settlement;

/**
 * Gathers outcomes for some milliseconds, as only the room of lanes waits for them, and writes them in one transaction. The room of the lanes bounds
 * it, since that is given back only after the commit: while the database is away, outcomes wait here and no new jobs come. Thread-safe.
 */
final class SettleBuffer implements BackgroundLoop.Duty {
    private static final int WORTHWHILE = 128;
    private static final int PAUSES = 4;
    private static final long PAUSE_MILLIS = 3;
    private static final long IDLE_MILLIS = 200;

    private final Runnable roomFreed;
    private final BlockingQueue<Unwritten> waiting = new LinkedBlockingQueue<>();
    private final LongAdder unwritten = new LongAdder();
    private final SettleWriter writer;

    /** @param roomFreed called when a lane has room for jobs that wait in the database */
    SettleBuffer(Database database, DispatchMetrics metrics, Runnable roomFreed) {
        this.writer = new SettleWriter(database, metrics, this::ended);
        this.roomFreed = roomFreed;
    }

    void add(@Nullable Lane lane, Settlement settlement) {
        unwritten.increment();
        waiting.add(new Unwritten(lane, settlement));
    }

    @Override
    public boolean runOnce() throws InterruptedException {
        if (writer.isIdle()) {
            gather();
        }
        writer.write();
        return true;
    }

    @Override
    public @Nullable Throwable trouble() {
        return writer.refusal();
    }

    /** Whether all outcomes are recorded, which the stop of the broker waits for. */
    boolean isDone() {
        return unwritten.sum() == 0;
    }

    private void gather() throws InterruptedException {
        Unwritten first = waiting.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (first == null) {
            return;
        }
        int before = 0;
        // Once a pause brought none, no more may come: lanes have little room, which only this gives back.
        for (int i = 0; i < PAUSES && waiting.size() < WORTHWHILE && (i == 0 || waiting.size() > before); i++) {
            before = waiting.size();
            Thread.sleep(PAUSE_MILLIS);
        }
        List<Unwritten> gathered = new ArrayList<>(SettleWriter.BATCH);
        gathered.add(first);
        waiting.drainTo(gathered, SettleWriter.BATCH - 1);
        writer.add(gathered);
    }

    private void ended(List<Unwritten> entries) {
        unwritten.add(-entries.size());
        boolean wanted = false;
        for (Unwritten entry : entries) {
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
