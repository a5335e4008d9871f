package org.webhookbroker.ops;

import java.io.PrintWriter;
import java.time.Duration;

/** Lines of progress of a task that runs for long, one every few seconds. Whoever hangs up cancels the task. */
final class Reports {
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final PrintWriter output;
    private long reportedAt = System.nanoTime();
    private boolean begun;

    Reports(PrintWriter output) {
        this.output = output;
    }

    /** Prints it unless it is too soon. */
    void progress(Object line) {
        if (System.nanoTime() - reportedAt > INTERVAL.toNanos()) {
            output.println(line);
            output.flush();
            begun = true;
            reportedAt = System.nanoTime();
        }
    }

    /** Looking for a client that has gone sends the status: not before there is something to say, or a failure came as a 200. */
    boolean isCancelled() {
        return Thread.currentThread().isInterrupted() || (begun && output.checkError());
    }
}
