package org.webhookbroker.client;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** How a pull consumer takes its jobs; each setting has a default. */
public final class PullBuilder {
    private static final int MOST_AT_ONCE = 1000;

    private final Leases leases;
    private final ClientSettings client;
    private final Set<PullLoop> loops;
    private int concurrency = 16;
    private Duration lease = Duration.ofSeconds(30);
    private Duration wait = Duration.ofSeconds(5);
    private Duration stopTimeout = Duration.ofSeconds(30);
    private int largestAnswer = 128 * 1024 * 1024;
    private Consumer<BrokerException> trouble;

    PullBuilder(Leases leases, ClientSettings client, Set<PullLoop> loops) {
        this.leases = leases;
        this.client = client;
        this.loops = loops;
        this.trouble = failure ->
                System.getLogger(PullLoop.class.getName()).log(System.Logger.Level.WARNING, failure::getMessage);
    }

    /** Jobs that are held at once, with their payloads; 16 unless set, 1 to 1000. */
    public PullBuilder concurrency(int jobs) {
        require(jobs >= 1 && jobs <= MOST_AT_ONCE, "concurrency is from 1 to " + MOST_AT_ONCE);
        concurrency = jobs;
        return this;
    }

    /**
     * How long a lease lasts without being extended: after it, the jobs of a process that died go to others. 30 s unless set, 3 s to
     * 12 h, in whole seconds. It is extended when a third of it has passed, for as long as the handler runs.
     */
    public PullBuilder lease(Duration length) {
        require(length.toSeconds() >= 3 && length.toHours() <= 12, "a lease lasts from 3 s to 12 h");
        lease = length;
        return this;
    }

    /**
     * How long a request waits for jobs at the broker; 5 s unless set, at most {@code pull.longestWait} of the broker (20 s unless
     * set), in whole seconds. A loop that has nothing to do needs as long to stop.
     */
    public PullBuilder longestWait(Duration longest) {
        require(!longest.isNegative() && longest.toMinutes() <= 1, "the wait is from 0 to 60 s");
        wait = longest;
        return this;
    }

    /** How long {@link PullLoop#close} waits for handlers and their outcomes; 30 s unless set, 1 ms to 1 day. */
    public PullBuilder stopTimeout(Duration longest) {
        require(longest.toMillis() >= 1 && longest.toDays() <= 1, "the time to stop is from 1 ms to 1 day");
        stopTimeout = longest;
        return this;
    }

    /**
     * Bytes of JSON that are read of one answer; 128 MiB unless set, 64 KiB or more. The broker puts payloads of
     * {@code pull.largestAnswer} (4 MiB unless set) in an answer, or one larger job; a text is up to six times as long in JSON. The
     * jobs of a larger answer are not handled and cost an attempt each; then the loop asks for one job, and for more as they fit. A
     * job that is larger than this by itself is never handled.
     */
    public PullBuilder largestAnswer(int bytes) {
        require(bytes >= Call.SMALL_ANSWER, "an answer has 64 KiB or more");
        largestAnswer = bytes;
        return this;
    }

    /**
     * What hears of calls that failed, of outcomes that came too late, and of an executor that takes no jobs; on a thread of the loop,
     * which goes on. Unless set, the logger {@code org.webhookbroker.client.PullLoop} of {@link System#getLogger} warns.
     */
    public PullBuilder onTrouble(Consumer<BrokerException> listener) {
        trouble = listener;
        return this;
    }

    /**
     * Starts to take jobs, until {@link PullLoop#close}, through outages of the broker.
     *
     * @param executor runs the handlers; with as many threads as {@link #concurrency}, otherwise jobs wait in it, leased
     */
    public PullLoop start(Executor executor, JobHandler handler) {
        PullLoop loop = new PullLoop(
                leases,
                client,
                new PullSettings(concurrency, lease, wait, stopTimeout, largestAnswer),
                new PullLoop.Work(executor, handler, trouble),
                loops);
        loop.begin();
        return loop;
    }

    private static void require(boolean met, String rule) {
        if (!met) {
            throw new IllegalArgumentException(rule);
        }
    }
}
