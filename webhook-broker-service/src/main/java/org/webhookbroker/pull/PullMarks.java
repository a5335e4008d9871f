package org.webhookbroker.pull;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.QueueMarks;
import org.webhookbroker.job.Section;

/** Where looks begin, for the pull consumers that leased last, or had jobs queued (G8). The first look of any other is full. Thread-safe. */
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

    /** This node has queued jobs there. */
    synchronized void added(Xid consumer, Collection<Section> sections) {
        QueueMarks marks = byConsumer.get(consumer);
        if (marks != null) {
            sections.forEach(section -> marks.added(section.line(), section.priority()));
        }
    }
}
