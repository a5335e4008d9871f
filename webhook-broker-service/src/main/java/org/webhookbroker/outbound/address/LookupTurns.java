package org.webhookbroker.outbound.address;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may look a host up next. A look-up blocks its thread, that of a name whose servers never answer for half a minute, and strangers
 * choose the names. So domains take turns, and one has a few threads at most, the further ones only while more than a quarter of all is
 * free. Those that had a slow look-up, and since then not some quick ones in a row, have one thread each, and half of all threads
 * together. So a new name of another domain finds a thread (G6).
 *
 * <p>No look-up leaves the line when its call ends, so a domain may have as many there as are still free; a quarter is kept for
 * domains that have hardly any, as in {@link ConnectionShares}. What a slow domain has beyond its bound would come too late anyway.
 * Thread-safe.
 */
public final class LookupTurns {
    static final int OF_DOMAIN = 8;
    static final int MAX_WAITING = 10_000;
    static final int MAX_WAITING_OF_SLOW = 100;
    /** So many places a domain may take from the part that is kept. */
    private static final int FEW_WAITING = 4;

    private static final int KEPT = MAX_WAITING / 4;
    private static final int MAX_SLOW = 1000;
    /** One would be easy to give, again and again. */
    private static final int QUICK_AGAIN = 3;

    /** From here on calls do without the answer, where they can. */
    private static final long SLOW = HostResolver.PATIENCE.toNanos();

    /** Below which countries give names away. */
    private static final Set<String> PUBLIC = Set.of("ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org");

    private record Waiting(Runnable lookup, Runnable giveUp) {}

    private static final class Domain {
        final Deque<Waiting> waiting = new ArrayDeque<>();
        int running;
        boolean hasTurn;
    }

    private final int threads;
    private final Executor executor;
    private final LongSupplier nanoTime;
    private final Map<String, Domain> domains = new HashMap<>();
    private final Queue<String> turns = new ArrayDeque<>();
    private final Queue<String> slowTurns = new ArrayDeque<>();

    /** With the quick look-ups since the latest slow one. */
    private final Map<String, Integer> slow = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MAX_SLOW;
        }
    };

    private int running;
    private int runningSlow;
    private int waiting;

    /** @param threads of the executor */
    public LookupTurns(int threads, Executor executor, LongSupplier nanoTime) {
        this.threads = threads;
        this.executor = executor;
        this.nanoTime = nanoTime;
    }

    /**
     * @param giveUp runs instead of a look-up that was taken, but will not come
     * @throws RejectedExecutionException if too many wait, or the executor takes nothing
     */
    synchronized void execute(String host, Runnable lookup, Runnable giveUp) {
        String name = domain(host);
        if (!mayWait(name)) {
            throw new RejectedExecutionException();
        }
        domains.computeIfAbsent(name, same -> new Domain()).waiting.add(new Waiting(lookup, giveUp));
        waiting++;
        queue(name);
        startAll();
    }

    private boolean mayWait(String name) {
        Domain domain = domains.get(name);
        int ofDomain = domain == null ? 0 : domain.waiting.size();
        int free = MAX_WAITING - waiting;
        return ofDomain < FEW_WAITING
                ? free > 0
                : ofDomain < (slow.containsKey(name) ? Math.min(free - KEPT, MAX_WAITING_OF_SLOW) : free - KEPT);
    }

    /** Names that one owner can have many of: {@code b.test} of {@code a.b.test}, and {@code b.co.uk} of {@code a.b.co.uk}. */
    static String domain(String host) {
        String name = HostResolver.undotted(host);
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
            String next = isSlow ? slowTurns.poll() : nextTurn();
            if (next == null) {
                return;
            }
            start(next, isSlow);
        }
    }

    /** Those that are passed over have a thread each, so they are few. */
    private @Nullable String nextTurn() {
        boolean hasFurther = running < threads - threads / 4;
        Iterator<String> all = turns.iterator();
        while (all.hasNext()) {
            String name = all.next();
            Domain domain = domains.get(name);
            if (hasFurther || domain == null || domain.running == 0) {
                all.remove();
                return name;
            }
        }
        return null;
    }

    private void start(String name, boolean isSlow) {
        Domain domain = domains.get(name);
        @Nullable Waiting next = domain == null ? null : domain.waiting.poll();
        if (domain == null || next == null) {
            throw new IllegalStateException("Nobody waits");
        }
        domain.hasTurn = false;
        waiting--;
        count(domain, isSlow, 1);
        queue(name);
        try {
            executor.execute(() -> run(name, domain, isSlow, next.lookup()));
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
            ended(name, domain, isSlow, nanoTime.getAsLong() - begin)
                    .forEach(late -> late.giveUp().run());
        }
    }

    /** Those that will not come: to be told without our lock. */
    private synchronized List<Waiting> ended(String name, Domain domain, boolean wasSlow, long took) {
        count(domain, wasSlow, -1);
        boolean before = slow.containsKey(name);
        if (took >= SLOW) {
            slow.put(name, 0);
        } else {
            slow.computeIfPresent(name, (same, quick) -> quick + 1 < QUICK_AGAIN ? quick + 1 : null);
        }
        if (slow.containsKey(name) != before && (turns.remove(name) || slowTurns.remove(name))) {
            domain.hasTurn = false; // It takes one among its like.
        }
        List<Waiting> late = slow.containsKey(name) ? tooLate(domain) : List.of();
        queue(name);
        try {
            startAll();
        } catch (RejectedExecutionException e) {
            // The client closes, and with it all calls that wait.
        }
        return late;
    }

    private List<Waiting> tooLate(Domain domain) {
        List<Waiting> late = new ArrayList<>();
        while (domain.waiting.size() > MAX_WAITING_OF_SLOW) {
            late.add(domain.waiting.removeLast());
        }
        waiting -= late.size();
        return late;
    }

    private void count(Domain domain, boolean isSlow, int more) {
        domain.running += more;
        running += more;
        runningSlow += isSlow ? more : 0;
    }
}
