package org.webhookbroker.job;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.webhookbroker.background.Pace;

/**
 * Where a node begins to look for queued jobs of one consumer. At the front of its lines lie the index entries of all jobs that went
 * since the oldest open view of the database began: while somebody makes a backup nothing removes them, and a look from the front reads
 * them all. So for each line and priority there is a <em>mark</em>, a due time below which this node saw nothing queued, and a look
 * begins there. A <em>full</em> look begins at the front, and so finds what came in below a mark: jobs that were given back, or that
 * another node took over, or whose transaction took long, or that were queued while the clock of the database had been set back. Full
 * looks that cost more than others take a fiftieth of the time, and each consumer has one in two seconds at most and one a minute at
 * least. What this node itself took over, or had lost and found, the next look finds. Thread-safe.
 */
public final class QueueMarks {
    /** At least this often a look is full. */
    static final Duration LONGEST = Duration.ofMinutes(1);

    /** Not sooner than this a costly look is full again, so that a busy consumer leaves full looks to the others. */
    static final Duration AGAIN = Duration.ofSeconds(2);

    /** Each costs a look one read. If there are more, every look is full. */
    static final int MOST = 16;

    private static final class Mark {
        private Instant from = Instant.EPOCH;
        private long addition;
    }

    private final Map<Section, Mark> marks = new HashMap<>(2);
    private boolean complete;
    private long additions;
    private long dropped;
    private long lastFull;
    /** How long the last full look read. */
    private long fullNanos;

    /**
     * A look begins. Once its transaction has committed, {@link #looked} is to be called.
     *
     * @param pace of all full looks
     */
    public synchronized Visit visit(Pace pace) {
        long rested = pace.now() - lastFull;
        boolean must = !complete || marks.isEmpty() || rested >= LONGEST.toNanos();
        boolean paced = !must && pace.isDue() && (rested >= AGAIN.toNanos() || pace.isCheap(fullNanos));
        Map<Section, Instant> from = new HashMap<>();
        if (!must && !paced) {
            marks.forEach((section, mark) -> from.put(section, mark.from));
        }
        return new Visit(pace, paced, pace.now(), additions, from);
    }

    /** This node has queued jobs there, which are not due before now. */
    public synchronized void added(WaitingLine line, int priority) {
        additions++;
        Section section = new Section(line, priority);
        if (marks.size() < MOST || marks.containsKey(section)) {
            marks.computeIfAbsent(section, same -> new Mark()).addition = additions;
        } else {
            complete = false;
            dropped = additions;
        }
    }

    /** This node has queued jobs again with the due times that they had: the next look is full. */
    public synchronized void cameBack() {
        additions++;
        complete = false;
        dropped = additions;
    }

    public synchronized void looked(Visit visit) {
        visit.paceNext(fullNanos);
        Map<Section, Instant> seen = visit.seen();
        if (visit.isFull()) {
            lastFull = visit.begun();
            fullNanos = visit.nanos();
            if (seen.size() + marks.size() > MOST) {
                marks.entrySet()
                        .removeIf(each ->
                                each.getValue().addition <= visit.additions() && !seen.containsKey(each.getKey()));
            }
            complete = visit.sawAll() && dropped <= visit.additions();
        }
        seen.forEach((section, from) -> marks.computeIfAbsent(section, same -> new Mark()).from = from);
    }
}
