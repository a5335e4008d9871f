package org.webhookbroker.ops;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.webhookbroker.auth.Role;
import org.webhookbroker.retention.RestoreRun;
import org.webhookbroker.retention.Restorer;

/** Reads archives and gives their messages to one consumer again, at a pace. */
final class RestoreTask extends OperatorTask {
    private static final int DEFAULT_PER_SECOND = 100;

    private final Targets targets;
    private final Restorer restorer;
    private final Consumer<Duration> pauses;

    RestoreTask(Targets targets, Restorer restorer, Consumer<Duration> pauses) {
        super("restore", "channel", "consumer", "from", "to", "message", "source", "dry-run", "per-second");
        this.targets = targets;
        this.restorer = restorer;
        this.pauses = pauses;
    }

    @Override
    Role role() {
        return Role.OPERATE;
    }

    @Override
    void run(Parameters parameters, PrintWriter output) throws BadParameterException {
        Restorer.Request request = request(parameters);
        Pace pace = Pace.perSecond((int) parameters.number("per-second", DEFAULT_PER_SECOND, 1, 100_000));
        boolean dry = parameters.flag("dry-run");
        ProgressOutput reports = new ProgressOutput(output);
        try (RestoreRun run = restorer.begin(request, TaskOutput.caller(output))) {
            boolean more = true;
            while (more && !reports.isCancelled()) {
                more = dry ? run.dryStep() : step(run, pace, reports);
                reports.progress(run.read() + " read, " + run.progress().restored() + " restored so far");
            }
            run.damaged().forEach(damage -> reports.line("DAMAGED " + damage));
            reports.line(dry ? dryResult(run) : result(run, request));
            if (more) {
                reports.line("Cancelled. The same command goes on where it ended");
            }
        }
    }

    private boolean step(RestoreRun run, Pace pace, ProgressOutput reports) {
        long start = System.nanoTime();
        long before = run.progress().restored();
        boolean more = run.step(pace.portion());
        if (run.progress().restored() > before) {
            reports.rest(pace.pause().minusNanos(System.nanoTime() - start), pauses);
        }
        return more;
    }

    private Restorer.Request request(Parameters parameters) throws BadParameterException {
        org.webhookbroker.registry.Consumer consumer = targets.consumer(parameters);
        Optional<Instant> from = parameters.time("from");
        Optional<Instant> to = parameters.time("to");
        if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
            throw BadParameterException.of("to", parameters.required("to"), "it must be after \"from\"");
        }
        Optional<String> source = parameters.text("source");
        if (!restorer.hasSource()) {
            throw new BadParameterException(
                    "No archives are configured: set retention.localPath or retention.remoteUrl."
                            + " Without retention.nodeName nothing is pruned");
        }
        if (source.isPresent() && !restorer.isSource(source.get())) {
            throw BadParameterException.of(
                    "source",
                    source.get(),
                    "write a folder below retention.localPath, or a URL below retention.remoteUrl: archives are read from nowhere else");
        }
        return new Restorer.Request(consumer, from, to, parameters.text("message"), source);
    }

    private static String dryResult(RestoreRun run) {
        return "Would restore up to %s messages of %s read (dry run, nothing was changed)"
                .formatted(run.progress().meant(), run.read());
    }

    private static String result(RestoreRun run, Restorer.Request request) {
        RestoreRun.Progress progress = run.progress();
        return "Restored %s messages to %s. Of %s meant, of %s read, it had %s already, %s have an id that another message has, %s found no room, %s were refused by the database"
                .formatted(
                        progress.restored(),
                        Targets.name(request.consumer()),
                        progress.meant(),
                        run.read(),
                        progress.known(),
                        progress.taken(),
                        progress.full(),
                        progress.refused());
    }
}
