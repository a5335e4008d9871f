package org.webhookbroker.client;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Sends messages on some threads, and hands out the results in order. What is sent and not handed out is bounded by the threads. */
final class Batch implements AutoCloseable {
    @FunctionalInterface
    interface Sending {
        BroadcastResult send(Message message) throws InterruptedException;
    }

    private final int concurrency;
    private final Sending sending;
    private final ExecutorService threads;
    private final Queue<Future<BatchResult>> window = new ArrayDeque<>();

    Batch(int concurrency, Sending sending) {
        this.concurrency = concurrency;
        this.sending = sending;
        this.threads = Executors.newFixedThreadPool(concurrency, Threads.named("webhook-broker-batch"));
    }

    void run(Iterator<Message> messages, Consumer<BatchResult> results) throws InterruptedException {
        while (messages.hasNext()) {
            if (window.size() == concurrency) {
                results.accept(oldest());
            }
            Message message = messages.next();
            window.add(threads.submit(() -> send(message)));
        }
        while (!window.isEmpty()) {
            results.accept(oldest());
        }
    }

    private BatchResult oldest() throws InterruptedException {
        try {
            return window.remove().get();
        } catch (ExecutionException failed) {
            // Such as that the client is closed.
            throw failed.getCause() instanceof RuntimeException known ? known : new IllegalStateException(failed);
        }
    }

    private BatchResult send(Message message) throws InterruptedException {
        try {
            return new BatchResult(message.id(), sending.send(message), null);
        } catch (BrokerException failure) {
            return new BatchResult(message.id(), null, failure);
        }
    }

    /** Ends what is still being sent. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
