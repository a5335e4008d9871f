package org.webhookbroker.testing;

import java.time.Duration;
import org.webhookbroker.background.Pace;
import org.webhookbroker.job.QueueMarks;
import org.webhookbroker.job.Visit;

/** Looks at queues of which nothing is remembered. */
public final class Visits {
    private Visits() {}

    public static Visit full() {
        return new QueueMarks().visit(new Pace(Duration.ZERO, Duration.ofMinutes(1), System::nanoTime));
    }
}
