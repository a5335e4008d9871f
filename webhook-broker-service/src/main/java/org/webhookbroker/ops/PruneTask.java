package org.webhookbroker.ops;

import java.io.PrintWriter;
import java.util.Optional;
import org.webhookbroker.auth.Role;
import org.webhookbroker.retention.PruneRun;
import org.webhookbroker.retention.Pruner;
import org.webhookbroker.retention.RetentionFactory;

/** Archives and deletes what is old and over; the way to do so on an embedded database, which only its broker can open. */
final class PruneTask extends OperatorTask {
    private final Pruner pruner;

    PruneTask(Pruner pruner) {
        super("prune");
        this.pruner = pruner;
    }

    @Override
    Role role() {
        return Role.OPERATE;
    }

    @Override
    void run(Parameters parameters, PrintWriter output) {
        if (!pruner.isEnabled()) {
            output.println(RetentionFactory.HOW_TO_ENABLE);
            return;
        }
        Optional<PruneRun> begun = pruner.begin(TaskOutput.caller(output));
        if (begun.isEmpty()) {
            output.println("Another run is pruning; nothing to do here");
            return;
        }
        ProgressOutput reports = new ProgressOutput(output);
        try (PruneRun run = begun.get()) {
            boolean more = true;
            while (more && !reports.isCancelled()) {
                more = run.step();
                reports.progress(run);
            }
            reports.line((more ? "Cancelled: " : "Pruned: ") + run);
        }
    }
}
