package org.webhookbroker.ops;

import java.io.PrintWriter;
import org.webhookbroker.database.Database;
import org.webhookbroker.registry.Reencryption;

/** Writes all secrets of the registry anew, after the keys were changed. */
final class ReencryptTask extends OperatorTask {
    private final Database database;

    ReencryptTask(Database database) {
        super("reencrypt");
        this.database = database;
    }

    @Override
    void run(Parameters parameters, PrintWriter output) {
        ProgressOutput reports = new ProgressOutput(output);
        Reencryption run = new Reencryption(database, reports::line);
        boolean more = true;
        while (more && !reports.isCancelled()) {
            more = run.step();
            reports.progress(run);
        }
        String end = more ? "Cancelled: " : run.left() > 0 ? "NOT DONE: " : "Done: ";
        reports.line(end + run);
    }
}
