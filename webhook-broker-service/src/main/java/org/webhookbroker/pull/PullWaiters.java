package org.webhookbroker.pull;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.Section;

/**
 * Requests that wait for jobs, in one line for each consumer, without threads of their own. One request of a line looks at a time:
 * when this node has committed a job, when the request before it got some, and once a second for jobs of other nodes. Thread-safe.
 */
public final class PullWaiters implements BackgroundLoop.Duty {
    private static final Logger LOG = LoggerFactory.getLogger(PullWaiters.class);

    /** A request for jobs. */
    public interface Request {
        /**
         * Answers if there are jobs.
         *
         * @param last answer in any case
         * @return whether it has answered
         */
        boolean look(boolean last);
    }

    private record Waiting(Xid consumer, Executor executor, Request request, long deadline) {}

    private static final class Line {
        private final Deque<Waiting> waiting = new ArrayDeque<>();
        private boolean looking;
        private boolean lookAgain;
    }

    private final Map<Xid, Line> lines = new ConcurrentHashMap<>();
    private final int capacity;
    private final PullMarks marks;
    private int size;
    private volatile boolean closed;

    /** @param capacity how many requests may wait at once */
    PullWaiters(int capacity, PullMarks marks) {
        this.capacity = capacity;
        this.marks = marks;
    }

    /**
     * Puts the request in line, and has it look. False when too many wait already; then nothing was done.
     *
     * @param executor runs the looks, each of them; may be asked again and again
     * @param atMost after this it is asked to answer, within a second
     */
    public boolean await(Xid consumer, Duration atMost, Executor executor, Request request) {
        synchronized (this) {
            if (closed || size >= capacity) {
                return false;
            }
            size++;
            lines.computeIfAbsent(consumer, id -> new Line())
                    .waiting
                    .add(new Waiting(consumer, executor, request, System.nanoTime() + atMost.toNanos()));
        }
        wake(consumer);
        return true;
    }

    /** This node has queued jobs of this consumer: the next look finds them. Cheap when nobody waits for one. */
    public void queued(Xid consumer, Collection<Section> sections) {
        marks.added(consumer, sections);
        wake(consumer);
    }

    private void wake(Xid consumer) {
        if (lines.containsKey(consumer)) {
            next(consumer);
        }
    }

    private void next(Xid consumer) {
        Waiting first;
        synchronized (this) {
            Line line = lines.get(consumer);
            if (line == null) {
                return;
            }
            if (line.looking) {
                line.lookAgain = true;
                return;
            }
            first = line.waiting.removeFirst();
            line.looking = true;
            line.lookAgain = false;
        }
        if (!start(first, () -> look(first)) && looked(first, true)) {
            next(consumer);
        }
    }

    private void look(Waiting waiting) {
        boolean answered = true;
        try {
            answered = waiting.request().look(closed);
        } finally {
            if (looked(waiting, answered)) {
                next(waiting.consumer());
            }
        }
    }

    /** True when the next one shall look at once. */
    private synchronized boolean looked(Waiting waiting, boolean answered) {
        Line line = lines.get(waiting.consumer());
        if (line == null) {
            return false;
        }
        line.looking = false;
        if (answered) {
            size--;
        } else {
            line.waiting.addFirst(waiting);
        }
        if (line.waiting.isEmpty()) {
            lines.remove(waiting.consumer());
            return false;
        }
        return answered || line.lookAgain || closed;
    }

    /** Answers those whose time is over, and lets the first of each line look. */
    @Override
    public boolean runOnce() {
        for (Waiting over : takeOver(System.nanoTime())) {
            boolean unused = start(over, () -> over.request().look(true));
        }
        lines.keySet().forEach(this::next);
        return false;
    }

    private synchronized List<Waiting> takeOver(long now) {
        List<Waiting> over = new ArrayList<>();
        for (Iterator<Line> each = lines.values().iterator(); each.hasNext(); ) {
            Line line = each.next();
            line.waiting.removeIf(waiting -> {
                boolean isOver = closed || now - waiting.deadline() >= 0;
                if (isOver) {
                    over.add(waiting);
                }
                return isOver;
            });
            if (line.waiting.isEmpty() && !line.looking) {
                each.remove();
            }
        }
        size -= over.size();
        return over;
    }

    /** The broker stops: answers all that wait, and takes no more. */
    public void close() {
        synchronized (this) {
            closed = true;
        }
        runOnce();
    }

    /**
     * False when the server stops. Neither the caller that told us of a job nor the other requests in line may fail by that.
     */
    private static boolean start(Waiting waiting, Runnable work) {
        try {
            waiting.executor().execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException failure) {
                    LOG.error("A request for jobs of consumer {} could not be answered", waiting.consumer(), failure);
                }
            });
            return true;
        } catch (RuntimeException refused) {
            LOG.debug("No thread for a request for jobs of consumer {}", waiting.consumer(), refused);
            return false;
        }
    }

    /** How many requests wait now. */
    public synchronized int size() {
        return size;
    }
}
