package org.webhookbroker.ops;

import java.io.PrintWriter;
import java.util.Optional;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.Deed;
import org.webhookbroker.auth.Role;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.DeadLetter;
import org.webhookbroker.job.DeadLetters;
import org.webhookbroker.registry.Consumer;

/** Gives one dead job of a consumer, or all of them, back to the queue. */
final class RequeueTask extends OperatorTask {
    private final Targets targets;
    private final DeadLetters deadLetters;

    RequeueTask(Targets targets, DeadLetters deadLetters) {
        super("requeue", "channel", "consumer", "job");
        this.targets = targets;
        this.deadLetters = deadLetters;
    }

    @Override
    Role role() {
        return Role.OPERATE;
    }

    @Override
    void run(Parameters parameters, PrintWriter output) throws BadParameterException {
        Consumer consumer = targets.consumer(parameters);
        Optional<String> job = parameters.text("job");
        if (job.isPresent()) {
            requeueOne(consumer, job.get(), output);
        } else {
            Replay replay = new Replay(deadLetters, Pace.unlimited(), Pace::await, output, Long.MAX_VALUE);
            Deed deed = TaskOutput.caller(output).doing(Action.REQUEUE);
            long count = replay.run(consumer, DeadLetter.Filter.ALL, deed);
            output.println("Requeued " + count + " dead jobs of " + Targets.name(consumer)
                    + (replay.isCancelled() ? ", then was cancelled" : ""));
        }
    }

    private void requeueOne(Consumer consumer, String job, PrintWriter output) throws BadParameterException {
        Optional<Xid> id = Xid.parse(job);
        if (id.isEmpty()) {
            throw BadParameterException.of("job", job, "a job id has 20 characters of 0-9 and a-v");
        }
        if (!deadLetters.requeue(consumer, id.get(), TaskOutput.caller(output))) {
            throw BadParameterException.of(
                    "job",
                    job,
                    "consumer " + Targets.name(consumer) + " has no such dead job (perhaps it has been requeued)");
        }
        output.println("Requeued 1 dead job of " + Targets.name(consumer));
    }
}
