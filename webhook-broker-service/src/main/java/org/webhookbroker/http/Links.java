package org.webhookbroker.http;

import org.webhookbroker.job.Job;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Consumer;

/** The paths by which answers refer to other resources. Ids stand in them as they are. */
final class Links {
    private Links() {}

    static String producer(String id) {
        return "/producer/" + id;
    }

    static String channel(Channel channel) {
        return "/channel/" + channel.publicId();
    }

    static String consumer(Consumer consumer) {
        return channel(consumer.channel()) + "/consumer/" + consumer.publicId();
    }

    static String message(Channel channel, String id) {
        return channel(channel) + "/message/" + id;
    }

    static String scheduledMessage(Channel channel, String id) {
        return channel(channel) + "/scheduled-message/" + id;
    }

    static String requeue(Job job, Consumer consumer) {
        return consumer(consumer) + "/job/" + job.id() + "/requeue-dead-job";
    }
}
