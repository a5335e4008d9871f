package org.webhookbroker.message;

import java.util.ArrayList;
import java.util.List;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.NewJob;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;

/**
 * One message with its jobs, one for each consumer registered at the version that the transaction locked. The ids of the jobs follow
 * that of the message. Some jobs have room reserved in memory: exactly one of {@link #committed}, {@link #cancel} and
 * {@link #abandon} ends that.
 */
final class FanOut {
    private record Planned(Consumer consumer, NewJob job) {
        boolean reserved() {
            return job.holder() != NewJob.QUEUED;
        }

        LeasedJob leased() {
            return new LeasedJob(
                    job.id(), job.messageId(), consumer.id(), job.holder(), job.priority(), job.size(), 0, false);
        }
    }

    private final Message message;
    private final List<Planned> planned = new ArrayList<>();

    FanOut(Message message, List<Consumer> consumers, int holder, Admission admission) {
        this.message = message;
        Content content = message.content();
        for (Consumer consumer : consumers) {
            Xid id = message.id().plus(planned.size() + 1);
            boolean reserved = consumer.type() == ConsumerType.PUSH && admission.reserve(consumer, content);
            int firstHolder = reserved ? holder : NewJob.QUEUED;
            NewJob job = new NewJob(id, message.id(), consumer.id(), firstHolder, content.priority(), content.size());
            planned.add(new Planned(consumer, job));
        }
    }

    Message message() {
        return message;
    }

    List<NewJob> jobs() {
        return planned.stream().map(Planned::job).toList();
    }

    void committed(JobTakers takers) {
        for (Planned each : planned) {
            if (each.reserved()) {
                takers.admission().admit(each.consumer(), each.leased(), message);
            } else {
                takers.queue().queued(each.consumer(), message.content().priority());
            }
        }
    }

    void cancel(Admission admission) {
        planned.stream()
                .filter(Planned::reserved)
                .forEach(each -> admission.cancel(each.consumer(), message.content()));
    }

    /** Nobody knows whether the transaction was committed: gives the jobs back if it was, and then their room. */
    void abandon(Admission admission) {
        planned.stream().filter(Planned::reserved).map(Planned::leased).forEach(admission::abandon);
    }
}
