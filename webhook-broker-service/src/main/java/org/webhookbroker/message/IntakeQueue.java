package org.webhookbroker.message;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Submissions that wait for their transaction, bounded in count; their bytes are bounded by a {@code ByteBudget}. Thread-safe. */
final class IntakeQueue<T extends Draft> {
    private final int capacity;
    private final ToIntFunction<? super T> jobs;
    private final ArrayDeque<Submission<T>> waiting = new ArrayDeque<>();
    private boolean closed;

    /** @param jobs how many jobs a draft makes */
    IntakeQueue(int capacity, ToIntFunction<? super T> jobs) {
        this.capacity = capacity;
        this.jobs = jobs;
    }

    /** False when it is full or closed. */
    synchronized boolean offer(Submission<T> submission) {
        if (closed || waiting.size() >= capacity) {
            return false;
        }
        waiting.add(submission);
        notify();
        return true;
    }

    /** Waits for the first, and takes all that are there, up to what one transaction should carry. Empty when none came in time. */
    synchronized List<Submission<T>> take(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toMillis(); waiting.isEmpty() && left > 0; ) {
            wait(left);
            left = (deadline - System.nanoTime()) / 1_000_000;
        }
        List<Submission<T>> batch = new ArrayList<>();
        long bytes = 0;
        long made = 0;
        for (Submission<T> next = waiting.peek();
                next != null && batch.size() < IntakeTransaction.BATCH_COUNT;
                next = waiting.peek()) {
            bytes += next.draft.content().size();
            made += jobs.applyAsInt(next.draft);
            if ((bytes > IntakeTransaction.BATCH_BYTES || made > IntakeTransaction.BATCH_JOBS) && !batch.isEmpty()) {
                break;
            }
            batch.add(waiting.remove());
        }
        return batch;
    }

    /** Takes no more, and returns those that still wait. */
    synchronized List<Submission<T>> close() {
        closed = true;
        List<Submission<T>> left = List.copyOf(waiting);
        waiting.clear();
        return left;
    }

    synchronized int size() {
        return waiting.size();
    }
}
