package org.webhookbroker.message;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.ToIntFunction;

/** Submissions that wait for their transaction, bounded in count; their bytes are bounded by a {@code ByteBudget}. Thread-safe. */
final class IntakeQueue<T extends Draft> {
    /** Jobs of others that fit into a transaction beside a message that makes very many. */
    private static final int BESIDE_ANY = IntakeTransaction.BATCH_JOBS / 10;

    /** After a group of so many, others are about to come. 16 producers in a closed loop lose 3 % by the pause, fewer nothing. */
    private static final int MANY = 8;

    /** To wait for more than so many would cost them more time than it saves the database. */
    private static final int ENOUGH = 32;

    /** In which the next group grows. */
    interface Pause {
        Pause SHORT = () -> Thread.sleep(1);

        void take() throws InterruptedException;
    }

    private final int capacity;
    private final ToIntFunction<? super T> jobs;
    private final Pause pause;
    private final ArrayDeque<Submission<T>> waiting = new ArrayDeque<>();
    private boolean closed;
    private int lastGroup;

    /** @param jobs how many jobs a draft makes */
    IntakeQueue(int capacity, ToIntFunction<? super T> jobs, Pause pause) {
        this.capacity = capacity;
        this.jobs = jobs;
        this.pause = pause;
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

    /**
     * Waits for the first, and takes all that are there, up to what one transaction should carry. Empty when none came in time. While
     * many come, a small group first grows for a moment: a commit costs the database as much as a dozen messages, and two nodes make
     * twice as many.
     */
    List<Submission<T>> take(Duration atMost) throws InterruptedException {
        if (growsSoon(atMost)) {
            pause.take();
        }
        return takeWhatFits();
    }

    private synchronized boolean growsSoon(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toMillis(); waiting.isEmpty() && left > 0; ) {
            wait(left);
            left = (deadline - System.nanoTime()) / 1_000_000;
        }
        return !waiting.isEmpty() && waiting.size() < Math.min(ENOUGH, capacity) && lastGroup >= MANY;
    }

    /** One that makes too many jobs for what is left of the transaction waits for the next, and those behind it do not (G6). */
    private synchronized List<Submission<T>> takeWhatFits() {
        List<Submission<T>> batch = new ArrayList<>();
        Deque<Submission<T>> left = new ArrayDeque<>();
        long bytes = 0;
        long made = 0;
        long most = IntakeTransaction.BATCH_JOBS;
        while (!waiting.isEmpty() && batch.size() < IntakeTransaction.BATCH_COUNT) {
            Submission<T> next = waiting.element();
            int size = next.draft.content().size();
            if (bytes + size > IntakeTransaction.BATCH_BYTES && !batch.isEmpty()) {
                break;
            }
            waiting.remove();
            int more = jobs.applyAsInt(next.draft);
            if (batch.isEmpty()) {
                most = Math.max(most, more + BESIDE_ANY);
            }
            if (made + more > most) {
                left.push(next);
            } else {
                batch.add(next);
                bytes += size;
                made += more;
            }
        }
        left.forEach(waiting::addFirst);
        lastGroup = batch.size();
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
