package org.webhookbroker.http;

import java.util.Optional;
import org.webhookbroker.api.DeadJobsResponse;
import org.webhookbroker.api.JobResponse;
import org.webhookbroker.api.MessageResponse;
import org.webhookbroker.http.access.Caller;
import org.webhookbroker.job.Job;
import org.webhookbroker.job.JobState;
import org.webhookbroker.message.MessageKey;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Producer;
import org.webhookbroker.registry.RegistryLookup;

/** Jobs as the answers show them. Thread-safe. */
final class JobViews {
    private final RegistryLookup lookup;

    JobViews(RegistryLookup lookup) {
        this.lookup = lookup;
    }

    /** A delivered job may outlive its consumer: then the consumer's internal id is all that is known. */
    MessageResponse.Job ofMessage(Caller caller, Job job) {
        Optional<Consumer> consumer = lookup.consumer(job.consumerId());
        return new MessageResponse.Job(
                consumer.map(Consumer::callbackUrl).map(caller::listener).orElse(""),
                consumer.map(Consumer::name).orElseGet(() -> job.consumerId().toString()),
                job.state().name(),
                job.changedAt());
    }

    JobResponse alone(Caller caller, Job job, Consumer consumer, MessageKey message) {
        Channel channel = consumer.channel();
        return new JobResponse(
                caller.listener(consumer.callbackUrl()),
                consumer.name(),
                job.state().name(),
                job.changedAt(),
                Links.message(channel, message.publicId()),
                Links.channel(channel),
                Links.consumer(consumer),
                Links.producer(lookup.producer(message.producerId())
                        .map(Producer::publicId)
                        .orElse("")),
                job.state() == JobState.DEAD ? Links.requeue(job, consumer) : "");
    }

    static DeadJobsResponse.DeadJob dead(Caller caller, Job job, Consumer consumer, MessageKey message) {
        return new DeadJobsResponse.DeadJob(
                caller.listener(consumer.callbackUrl()),
                consumer.name(),
                job.state().name(),
                job.changedAt(),
                Links.message(consumer.channel(), message.publicId()),
                Links.requeue(job, consumer));
    }
}
