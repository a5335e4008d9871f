package org.webhookbroker.ops;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Lines of progress of a task that runs for long, one every few seconds. A client that hangs up cancels the task: only who writes
 * learns of that, and only by the second write, so there are dots between the lines.
 */
final class ProgressOutput {
    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final Duration BEAT = Duration.ofMillis(200);

    private final PrintWriter output;
    private long reportedAt = System.nanoTime();
    private long writtenAt = reportedAt;
    private boolean begun;
    private boolean dots;

    ProgressOutput(PrintWriter output) {
        this.output = output;
    }

    /** Prints it unless it is too soon. */
    void progress(Object line) {
        if (System.nanoTime() - reportedAt > INTERVAL.toNanos()) {
            line(line);
            reportedAt = System.nanoTime();
        } else if (begun) {
            beat();
        }
    }

    void line(Object line) {
        if (dots) {
            output.println();
            dots = false;
        }
        output.println(line);
        flushed();
    }

    /** After something was changed. Ends early once the client has gone. */
    void rest(Duration pause, Consumer<Duration> pauses) {
        Duration left = pause;
        do {
            Duration some = left.compareTo(BEAT) < 0 ? left : BEAT;
            pauses.accept(some);
            left = left.minus(some);
            beat();
        } while (left.compareTo(Duration.ZERO) > 0 && !isCancelled());
    }

    private void beat() {
        if (System.nanoTime() - writtenAt > BEAT.toNanos()) {
            output.print(".");
            dots = true;
            flushed();
        }
    }

    private void flushed() {
        output.flush();
        begun = true;
        writtenAt = System.nanoTime();
    }

    /**
     * To check whether the client has gone sends the status 200, so this is done only after the first output: a failure
     * before it keeps its own status.
     */
    boolean isCancelled() {
        return Thread.currentThread().isInterrupted() || (begun && output.checkError());
    }
}
