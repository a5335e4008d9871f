package org.webhookbroker.message;

import java.util.concurrent.CompletableFuture;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Producer;

/** Where messages enter. Thread-safe. */
public final class Broadcast {
    private final GroupCommit<NewMessage> group;

    Broadcast(GroupCommit<NewMessage> group) {
        this.group = group;
    }

    public CompletableFuture<Receipt> submit(Channel channel, Producer producer, String publicId, Content content) {
        return group.submit(new NewMessage(channel.id(), producer.id(), publicId, content));
    }

    /** Messages stored since the start. */
    public long accepted() {
        return group.accepted();
    }

    public int waiting() {
        return group.waiting();
    }
}
