package org.webhookbroker.pull;

import java.util.LinkedHashMap;
import java.util.Map;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.QueueMarks;

/** Where looks begin, for the pull consumers that asked last (G8). The first look of any other is full. Thread-safe. */
final class PullMarks {
    static final int MOST = 10_000;

    private final Map<Xid, QueueMarks> byConsumer = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Xid, QueueMarks> eldest) {
            return size() > MOST;
        }
    };

    synchronized QueueMarks of(Xid consumer) {
        return byConsumer.computeIfAbsent(consumer, same -> new QueueMarks());
    }
}
