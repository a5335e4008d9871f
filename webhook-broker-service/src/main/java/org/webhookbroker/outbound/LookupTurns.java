package org.webhookbroker.outbound;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may look a host up next. A look-up blocks its thread, that of a name whose servers never answer for half a minute, and strangers
 * choose the names. So domains take turns, and one has a few threads at most. Those whose latest look-up was slow have one thread each,
 * and half of all threads together, so that a new name of another domain finds one (G6). Thread-safe.
 */
final class LookupTurns {
    static final int OF_DOMAIN = 8;
    private static final int MAX_WAITING = 10_000;
    private static final int MAX_SLOW = 1000;

    /** From here on calls do without the answer, where they can. */
    private static final long SLOW = HostResolver.PATIENCE.toNanos();

    /** Below which countries give names away. */
    private static final Set<String> PUBLIC = Set.of("ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org");

    private static final class Domain {
        final Queue<Runnable> waiting = new ArrayDeque<>();
        int running;
        boolean hasTurn;
    }

    private final int threads;
    private final Executor executor;
    private final LongSupplier nanoTime;
    private final Map<String, Domain> domains = new HashMap<>();
    private final Queue<String> turns = new ArrayDeque<>();
    private final Queue<String> slowTurns = new ArrayDeque<>();

    private final Map<String, Boolean> slow = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_SLOW;
        }
    };

    private int running;
    private int runningSlow;
    private int waiting;

    /** @param threads of the executor */
    LookupTurns(int threads, Executor executor, LongSupplier nanoTime) {
        this.threads = threads;
        this.executor = executor;
        this.nanoTime = nanoTime;
    }

    /** @throws RejectedExecutionException if too many wait, or the executor takes nothing */
    synchronized void execute(String host, Runnable lookup) {
        if (waiting >= MAX_WAITING) {
            throw new RejectedExecutionException();
        }
        String name = domain(host);
        domains.computeIfAbsent(name, same -> new Domain()).waiting.add(lookup);
        waiting++;
        queue(name);
        startAll();
    }

    /** Names that one owner can have many of: {@code b.test} of {@code a.b.test}, and {@code b.co.uk} of {@code a.b.co.uk}. */
    static String domain(String host) {
        String name = HostName.undotted(host);
        int last = name.lastIndexOf('.');
        int second = name.lastIndexOf('.', last - 1);
        boolean isPublic = name.length() - last == 3 && PUBLIC.contains(name.substring(second + 1, Math.max(last, 0)));
        return name.substring((isPublic ? name.lastIndexOf('.', second - 1) : second) + 1);
    }

    private void queue(String name) {
        Domain domain = domains.get(name);
        if (domain == null || domain.hasTurn) {
            return;
        }
        boolean isSlow = slow.containsKey(name);
        if (domain.waiting.isEmpty()) {
            domains.computeIfPresent(name, (same, left) -> left.running == 0 ? null : left);
        } else if (domain.running < (isSlow ? 1 : OF_DOMAIN)) {
            domain.hasTurn = true;
            (isSlow ? slowTurns : turns).add(name);
        }
    }

    private void startAll() {
        while (running < threads) {
            boolean isSlow = runningSlow < threads / 2 && !slowTurns.isEmpty();
            String next = isSlow ? slowTurns.poll() : turns.poll();
            if (next == null) {
                return;
            }
            start(next, isSlow);
        }
    }

    private void start(String name, boolean isSlow) {
        Domain domain = domains.get(name);
        @Nullable Runnable lookup = domain == null ? null : domain.waiting.poll();
        if (domain == null || lookup == null) {
            throw new IllegalStateException("Nobody waits");
        }
        domain.hasTurn = false;
        waiting--;
        count(domain, isSlow, 1);
        queue(name);
        try {
            executor.execute(() -> run(name, domain, isSlow, lookup));
        } catch (RejectedExecutionException e) {
            count(domain, isSlow, -1);
            queue(name);
            throw e;
        }
    }

    private void run(String name, Domain domain, boolean isSlow, Runnable lookup) {
        long begin = nanoTime.getAsLong();
        try {
            lookup.run();
        } finally {
            ended(name, domain, isSlow, nanoTime.getAsLong() - begin);
        }
    }

    private synchronized void ended(String name, Domain domain, boolean wasSlow, long took) {
        count(domain, wasSlow, -1);
        if (took < SLOW) {
            slow.remove(name);
        } else {
            slow.put(name, true);
        }
        queue(name);
        try {
            startAll();
        } catch (RejectedExecutionException e) {
            // The client closes, and with it all calls that wait.
        }
    }

    private void count(Domain domain, boolean isSlow, int more) {
        domain.running += more;
        running += more;
        runningSlow += isSlow ? more : 0;
    }
}
