package org.webhookbroker.ops;

import java.io.PrintWriter;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.webhookbroker.auth.Role;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.dispatch.Waiting;
import org.webhookbroker.job.AnyJobStore;
import org.webhookbroker.job.Job;
import org.webhookbroker.job.LiveJob;
import org.webhookbroker.message.Message;
import org.webhookbroker.message.MessageReads;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.RegistrySnapshot;

/** Tells what became of a message, consumer by consumer: the answer to "why was it not delivered?". */
final class WhyTask extends OperatorTask {
    private final Database database;
    private final Targets targets;
    private final Incarnation incarnation;
    private final Function<Xid, Optional<Waiting>> waiting;
    private final MessageReads messages;
    private final InstantSource clock = InstantSource.system();
    private final AnyJobStore anyJobs = new AnyJobStore();

    /** @param waiting why this node's jobs of a consumer wait, if it is because nobody answers */
    WhyTask(Database database, Targets targets, Incarnation incarnation, Function<Xid, Optional<Waiting>> waiting) {
        super("why", "channel", "message");
        this.database = database;
        this.targets = targets;
        this.incarnation = incarnation;
        this.waiting = waiting;
        this.messages = new MessageReads(database);
    }

    @Override
    Role role() {
        return Role.OPERATE;
    }

    @Override
    void run(Parameters parameters, PrintWriter output) throws BadParameterException {
        Channel channel = targets.channel(parameters);
        String id = parameters.required("message");
        Message message = messages.find(channel.id(), id)
                .orElseThrow(() -> BadParameterException.of(
                        "message",
                        id,
                        "channel " + channel.publicId() + " has none of this id (it may have been pruned)"));
        output.println("Message " + id + " of channel " + channel.publicId() + ", received " + message.receivedAt());
        List<Job> jobs = database.withHandle(handle -> anyJobs.ofMessage(handle, message.id(), message.jobCount()));
        RegistrySnapshot snapshot = targets.registry();
        jobs.forEach(job -> output.println(consumer(snapshot, job) + ", job " + job.id() + ": " + tell(job)));
        if (message.jobCount() == 0) {
            output.println("No consumer was registered when it was accepted");
        } else if (jobs.size() < message.jobCount()) {
            output.println((message.jobCount() - jobs.size())
                    + " more jobs are not there: purged, removed with their consumers (the accounting task proves it),"
                    + " or never made because the message was restored from an archive");
        }
    }

    private static String consumer(RegistrySnapshot snapshot, Job job) {
        return snapshot.consumer(job.consumerId()).map(Targets::name).orElse("removed consumer " + job.consumerId());
    }

    private String tell(Job job) {
        String state = switch (job.state()) {
            case QUEUED -> "QUEUED, due " + job.dueAt() + unreachable(job);
            case INFLIGHT ->
                job.holder() == LiveJob.PULL_HOLDER
                        ? "INFLIGHT, leased by the consumer since " + job.changedAt() + " until " + job.dueAt()
                        : inFlight(job) + unreachable(job);
            case DELIVERED -> "DELIVERED " + job.changedAt();
            case DEAD -> "DEAD since " + job.changedAt();
        };
        String failed = job.failed() == 0 ? "" : ", failed attempts: " + job.failed();
        return state + failed + (job.reason().isEmpty() ? "" : ", last: " + job.reason() + ": " + job.detail());
    }

    /** A job in the memory of this node may wait there; what it waits for, the row need not say. */
    private String inFlight(Job job) {
        String held = "INFLIGHT on incarnation " + job.holder() + " since " + job.changedAt();
        return job.holder() == incarnation.id() ? held + waiting(job) : held;
    }

    private String waiting(Job job) {
        return waiting.apply(job.consumerId())
                .map(wait -> ", waits: no answer from its consumer for "
                        + wait.unreachableFor().toSeconds() + " s (since "
                        + clock.instant().minus(wait.unreachableFor()).truncatedTo(ChronoUnit.SECONDS) + "), last: "
                        + wait.why() + ", next probe in " + wait.nextProbe().toSeconds() + " s")
                .orElse("");
    }

    private static String unreachable(Job job) {
        return job.unreachableSince() == null ? "" : ", nobody could be reached since " + job.unreachableSince();
    }
}
