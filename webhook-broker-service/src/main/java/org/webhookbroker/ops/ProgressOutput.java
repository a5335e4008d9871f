package org.webhookbroker.ops;

import java.io.PrintWriter;
import java.time.Duration;

/** Lines of progress of a task that runs for long, one every few seconds. A client that hangs up cancels the task. */
final class ProgressOutput {
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final PrintWriter output;
    private long reportedAt = System.nanoTime();
    private boolean begun;

    ProgressOutput(PrintWriter output) {
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

    /**
     * To check whether the client has gone sends the status 200, so this is done only after the first line: a failure
     * before it keeps its own status.
     */
    boolean isCancelled() {
        return Thread.currentThread().isInterrupted() || (begun && output.checkError());
    }
}
