package org.webhookbroker.ops;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.webhookbroker.audit.Deed;
import org.webhookbroker.audit.Operation;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.DeadLetter;
import org.webhookbroker.job.DeadLetters;

/**
 * Requeues dead jobs at a pace, with a line of progress every few seconds. A client that hangs up cancels it. Used by one thread, for one run.
 */
final class Replay {
    private final DeadLetters deadLetters;
    private final Pace pace;
    private final Consumer<Duration> pauses;
    private final ProgressOutput reports;
    private long left;
    private long done;

    /** @param max at most this many jobs in all */
    Replay(DeadLetters deadLetters, Pace pace, Consumer<Duration> pauses, PrintWriter output, long max) {
        this.deadLetters = deadLetters;
        this.pace = pace;
        this.pauses = pauses;
        this.reports = new ProgressOutput(output);
        this.left = max;
    }

    /** Returns how many of this consumer's were requeued. */
    long run(org.webhookbroker.registry.Consumer consumer, DeadLetter.Filter filter, Deed deed) {
        long before = done;
        Operation recorded = deadLetters.begin(consumer, deed);
        boolean all = false;
        try {
            Optional<Xid> cursor = Optional.empty();
            do {
                DeadLetter.Page page = deadLetters.page(consumer, cursor, filter);
                requeue(consumer, page.matches().stream().map(DeadLetter::id).toList(), recorded);
                report();
                cursor = page.next();
            } while (cursor.isPresent() && !isOver());
            all = !isOver();
        } finally {
            recorded.end(all);
        }
        return done - before;
    }

    /** True when the maximum is reached, or the run was cancelled. */
    boolean isOver() {
        return left <= 0 || isCancelled();
    }

    /** For what is printed between reports. */
    void line(String line) {
        reports.line(line);
    }

    boolean isCancelled() {
        return reports.isCancelled();
    }

    private void requeue(org.webhookbroker.registry.Consumer consumer, List<Xid> ids, Operation recorded) {
        for (List<Xid> portion : portions(ids)) {
            if (isOver()) {
                return;
            }
            long start = System.nanoTime();
            List<Xid> some = portion.subList(0, (int) Math.min(portion.size(), left));
            int requeued = deadLetters.requeue(consumer, some, recorded);
            done += requeued;
            left -= requeued;
            report();
            reports.rest(pace.pause().minusNanos(System.nanoTime() - start), pauses);
        }
    }

    private List<List<Xid>> portions(List<Xid> ids) {
        List<List<Xid>> portions = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += pace.portion()) {
            portions.add(ids.subList(from, Math.min(from + pace.portion(), ids.size())));
        }
        return portions;
    }

    private void report() {
        reports.progress(done + " requeued so far");
    }
}
