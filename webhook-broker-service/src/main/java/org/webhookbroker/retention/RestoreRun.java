package org.webhookbroker.retention;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.webhookbroker.audit.Operation;
import org.webhookbroker.retention.RestoreStore.Outcome;

/** Reads archives file by file, and gives a consumer the messages that the request means, a portion at a time. Used by one thread. */
public final class RestoreRun implements AutoCloseable {
    /** What became of the messages that the request means. */
    public static final class Progress {
        private long meant;
        private long restored;
        private long known;
        private long taken;
        private long full;
        private long refused;

        /** Found in the archives; the same message in two archives counts twice. */
        public long meant() {
            return meant;
        }

        /** New jobs, one a message. */
        public long restored() {
            return restored;
        }

        /** The consumer has a job of it in the tables already. */
        public long known() {
            return known;
        }

        /** Another message of the channel has its id by now. */
        public long taken() {
            return taken;
        }

        /** It is stored, without room for a job of another consumer. */
        public long full() {
            return full;
        }

        /** The database does not take it. */
        public long refused() {
            return refused;
        }

        private void count(Outcome outcome) {
            switch (outcome) {
                case RESTORED -> restored++;
                case KNOWN -> known++;
                case TAKEN -> taken++;
                case FULL -> full++;
                case REFUSED -> refused++;
            }
        }
    }

    /** Of payloads, unless a single message has more (G8). */
    private static final long PORTION_BYTES = 4L << 20;
    /** Bounds a step also where few messages are meant. */
    private static final int LINES = 1000;

    private final RestoreStore store;
    private final ArchiveLines lines;
    private final Restorer.Request request;
    private final Operation recorded;
    private final Progress progress = new Progress();
    /** Read, and left to the next step. */
    private Optional<ArchivedMessage> ahead = Optional.empty();

    private boolean ended;

    RestoreRun(RestoreStore store, ArchiveLines lines, Restorer.Request request, Operation recorded) {
        this.store = store;
        this.lines = lines;
        this.request = request;
        this.recorded = recorded;
    }

    public Progress progress() {
        return progress;
    }

    /** Messages found in the archives so far. */
    public long read() {
        return lines.read();
    }

    /** What could not be read, by file. */
    public List<Damage> damaged() {
        return lines.damaged();
    }

    /**
     * Restores the next messages that are meant.
     *
     * @param most at most this many
     * @return false at the end of the archives
     */
    public boolean step(int most) {
        Map<String, ArchivedMessage> portion = new LinkedHashMap<>();
        boolean more = true;
        long bytes = 0;
        for (int line = 0; more && line < LINES && portion.size() < most && bytes < PORTION_BYTES; line++) {
            boolean counted = ahead.isPresent();
            more = counted || lines.advance();
            Optional<ArchivedMessage> next = counted ? ahead : lines.message();
            ahead = Optional.empty();
            if (next.isPresent() && request.means(next.get())) {
                progress.meant += counted ? 0 : 1;
                bytes += next.get().content().size();
                boolean fits = portion.isEmpty() || bytes <= PORTION_BYTES;
                if (!fits || portion.putIfAbsent(next.get().publicId(), next.get()) != null) {
                    // An id that comes twice is restored only after the previous step, so that it sees that step's
                    // result.
                    ahead = next;
                    break;
                }
            }
        }
        if (!portion.isEmpty()) {
            store.restore(request.consumer().id(), List.copyOf(portion.values()), recorded)
                    .forEach(progress::count);
        }
        ended = !more;
        return more;
    }

    /** Only counts. */
    public boolean dryStep() {
        for (int line = 0; line < LINES; line++) {
            if (!lines.advance()) {
                return false;
            }
            progress.meant += lines.message().filter(request::means).isPresent() ? 1 : 0;
        }
        return true;
    }

    @Override
    public void close() {
        recorded.end(ended);
        lines.close();
    }
}
