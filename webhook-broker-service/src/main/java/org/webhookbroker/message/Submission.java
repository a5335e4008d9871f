package org.webhookbroker.message;

import java.util.concurrent.CompletableFuture;

/** A draft on its way into the store, and the promise of an answer to its producer. */
final class Submission<T extends Draft> {
    final T draft;
    final CompletableFuture<BroadcastResult> result = new CompletableFuture<>();

    Submission(T draft) {
        this.draft = draft;
    }
}
