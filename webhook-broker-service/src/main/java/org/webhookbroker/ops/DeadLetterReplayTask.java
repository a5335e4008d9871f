package org.webhookbroker.ops;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.Deed;
import org.webhookbroker.auth.Role;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.DeadLetter;
import org.webhookbroker.job.DeadLetters;
import org.webhookbroker.registry.Consumer;

/** Returns the dead jobs that an outage left to the queue, at a pace, so that the replay does not cause the next outage. */
final class DeadLetterReplayTask extends OperatorTask {
    private static final int DEFAULT_PER_SECOND = 100;
    private static final int DEFAULT_MAX = 1_000_000;

    private final Targets targets;
    private final DeadLetters deadLetters;
    private final java.util.function.Consumer<Duration> pauses;

    DeadLetterReplayTask(Targets targets, DeadLetters deadLetters, java.util.function.Consumer<Duration> pauses) {
        super("dead-letter-replay", "channel", "consumer", "from", "to", "reason", "dry-run", "per-second", "max");
        this.targets = targets;
        this.deadLetters = deadLetters;
        this.pauses = pauses;
    }

    @Override
    Role role() {
        return Role.OPERATE;
    }

    @Override
    void run(Parameters parameters, PrintWriter output) throws BadParameterException {
        List<Consumer> consumers = targets.consumers(parameters);
        DeadLetter.Filter filter =
                new DeadLetter.Filter(parameters.time("from"), parameters.time("to"), parameters.text("reason"));
        if (filter.from().isPresent()
                && filter.to().isPresent()
                && !filter.from().get().isBefore(filter.to().get())) {
            throw BadParameterException.of("to", parameters.required("to"), "it must be after \"from\"");
        }
        int perSecond = (int) parameters.number("per-second", DEFAULT_PER_SECOND, 1, 100_000);
        long max = parameters.number("max", DEFAULT_MAX, 1, Long.MAX_VALUE);
        if (parameters.flag("dry-run")) {
            count(consumers, filter, output);
        } else {
            Replay replay = new Replay(deadLetters, Pace.perSecond(perSecond), pauses, output, max);
            replay(consumers, filter, replay, TaskOutput.caller(output).doing(Action.REPLAY));
        }
    }

    private static void replay(List<Consumer> consumers, DeadLetter.Filter filter, Replay replay, Deed deed) {
        long sum = 0;
        for (Consumer consumer : consumers) {
            if (replay.isOver()) {
                break;
            }
            long count = replay.run(consumer, filter, deed);
            sum += count;
            if (count > 0) {
                replay.line(Targets.name(consumer) + ": requeued " + count);
            }
        }
        String end = replay.isCancelled() ? " Cancelled." : replay.isOver() ? " Stopped at \"max\"." : "";
        replay.line("Requeued " + sum + " dead jobs." + end);
    }

    private void count(List<Consumer> consumers, DeadLetter.Filter filter, PrintWriter output) {
        ProgressOutput reports = new ProgressOutput(output);
        List<String> lines = new ArrayList<>();
        long sum = 0;
        for (Consumer consumer : consumers) {
            Map<String, Long> byReason = new TreeMap<>();
            Optional<Xid> cursor = Optional.empty();
            do {
                DeadLetter.Page page = deadLetters.page(consumer, cursor, filter);
                page.matches().forEach(letter -> byReason.merge(letter.reason(), 1L, Long::sum));
                sum += page.matches().size();
                reports.progress(sum + " found so far");
                cursor = page.next();
            } while (cursor.isPresent() && !reports.isCancelled());
            byReason.forEach(
                    (reason, count) -> lines.add(Targets.name(consumer) + ": " + count + " dead of " + reason));
        }
        lines.forEach(reports::line);
        reports.line("Would requeue " + sum + " dead jobs (dry run, nothing was changed)");
    }
}
