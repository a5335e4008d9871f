package org.webhookbroker.ops;

import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.webhookbroker.auth.Role;
import org.webhookbroker.job.TallyStore.Totals;
import org.webhookbroker.schedule.ScheduleTallyStore;

/** Prints the books: per consumer what was accepted and what became of it, then what does not add up. */
final class AccountingTask extends OperatorTask {
    private final Accounting accounting;
    private final AtomicLong unaccounted;

    /** @param unaccounted set to the result, for the gauge */
    AccountingTask(Accounting accounting, AtomicLong unaccounted) {
        super("accounting");
        this.accounting = accounting;
        this.unaccounted = unaccounted;
    }

    @Override
    Role role() {
        return Role.OPERATE;
    }

    @Override
    void run(Parameters parameters, PrintWriter output) {
        AtomicLong rows = new AtomicLong();
        Accounting.Report report = accounting.report(count -> {
            // Also keeps the operator's connection from being closed as idle.
            if (rows.addAndGet(count) > 0 && count > 0) {
                output.println("read " + rows.get() + " rows");
                output.flush();
            }
        });
        unaccounted.set(report.unaccounted());
        report.consumers().forEach((name, totals) -> output.println(name + ": " + sum(totals)));
        report.schedules().forEach((name, totals) -> output.println(name + ": " + sum(totals)));
        report.differences()
                .forEach(line -> output.println("DIFFERENCE " + line.owner() + ": " + line.counted() + " " + line.what()
                        + " were counted, " + line.found() + " are in the tables"));
        output.println(
                report.differences().isEmpty()
                        ? "ACCOUNTED: every job of " + report.consumers().size() + " consumers is where it should be"
                        : "NOT ACCOUNTED: " + report.unaccounted() + " jobs or messages differ");
    }

    private static String sum(ScheduleTallyStore.Totals totals) {
        return "scheduled %s = dispatched %s (%s of them without a message) + cancelled %s + waiting %s; of %s the records were pruned"
                .formatted(
                        totals.accepted(),
                        totals.dispatched(),
                        totals.duplicates(),
                        totals.cancelled(),
                        totals.waiting(),
                        totals.prunedDispatched() + totals.prunedCancelled());
    }

    private static String sum(Totals totals) {
        return "accepted %s = delivered %s + dead %s + removed %s + live %s"
                .formatted(totals.accepted(), totals.delivered(), totals.dead(), totals.removed(), totals.live());
    }
}
