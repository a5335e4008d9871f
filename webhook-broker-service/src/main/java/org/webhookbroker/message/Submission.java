package org.webhookbroker.message;

import java.util.concurrent.CompletableFuture;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Producer;

/** A message on its way into the store, and the promise of an answer to its producer. */
final class Submission {
    final Channel channel;
    final Producer producer;
    final String publicId;
    final Content content;
    final CompletableFuture<Receipt> receipt = new CompletableFuture<>();

    Submission(Channel channel, Producer producer, String publicId, Content content) {
        this.channel = channel;
        this.producer = producer;
        this.publicId = publicId;
        this.content = content;
    }
}
