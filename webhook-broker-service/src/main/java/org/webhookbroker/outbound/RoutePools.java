package org.webhookbroker.outbound;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.nio.ManagedAsyncClientConnection;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.LaxConnPool;
import org.apache.hc.core5.pool.ManagedConnPool;
import org.apache.hc.core5.pool.PoolEntry;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.pool.PoolStats;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A pool of its own for each route, and each {@link CallRoute} of those that take it, while it has connections or is waited for. LAX keeps every host's connections apart: no lock and
 * no total that a hung host could hold against the others. But HttpCore's LaxConnPool (5.4.4) never forgets a route, and whoever may
 * register consumers can name any number of hosts (G8). Thread-safe.
 */
final class RoutePools implements ManagedConnPool<HttpRoute, ManagedAsyncClientConnection> {
    private static final String FIXED = "The limit is that of the configuration, and nobody changes it";

    /**
     * @param users leases that are wanted or granted. It changes with the map's own lock only, so that a pool in use is never dropped
     */
    private record Pool(LaxConnPool<HttpRoute, ManagedAsyncClientConnection> connections, int users) {
        Pool with(int more) {
            return new Pool(connections, users + more);
        }

        @Nullable
        Pool orNothing() {
            return users == 0 && connections.getTotalStats().getAvailable() == 0 ? null : this;
        }
    }

    /** @param state as HttpClient calls what the {@link Exchange} gives it to tell connections apart by */
    private record Key(HttpRoute route, @Nullable Object state) {}

    private final ConcurrentMap<Key, Pool> pools = new ConcurrentHashMap<>();

    /** Where each connection in use belongs: HttpClient may take its state away. */
    private final ConcurrentMap<PoolEntry<HttpRoute, ManagedAsyncClientConnection>, Key> leased =
            new ConcurrentHashMap<>();

    private final int maxPerRoute;
    private final TimeValue timeToLive;
    private volatile boolean closed;

    RoutePools(int maxPerRoute, TimeValue timeToLive) {
        this.maxPerRoute = maxPerRoute;
        this.timeToLive = timeToLive;
    }

    @Override
    public Future<PoolEntry<HttpRoute, ManagedAsyncClientConnection>> lease(
            HttpRoute route,
            @Nullable Object state,
            Timeout timeout,
            FutureCallback<PoolEntry<HttpRoute, ManagedAsyncClientConnection>> callback) {
        if (closed) {
            throw new IllegalStateException("The pool is closed");
        }
        Key key = new Key(route, state);
        return pools.compute(key, (same, found) -> found == null ? create() : found.with(1))
                .connections()
                .lease(route, state, timeout, new FutureCallback<>() {
                    @Override
                    public void completed(PoolEntry<HttpRoute, ManagedAsyncClientConnection> entry) {
                        leased.put(entry, key);
                        callback.completed(entry);
                    }

                    @Override
                    public void failed(Exception failure) {
                        leave(key);
                        callback.failed(failure);
                    }

                    @Override
                    public void cancelled() {
                        leave(key);
                        callback.cancelled();
                    }
                });
    }

    private Pool create() {
        return new Pool(new LaxConnPool<>(maxPerRoute, timeToLive, PoolReusePolicy.LIFO, null, null), 1);
    }

    @Override
    public void release(PoolEntry<HttpRoute, ManagedAsyncClientConnection> entry, boolean reusable) {
        Key key = leased.remove(entry);
        Pool pool = key == null ? null : pools.get(key);
        if (key != null && pool != null) {
            pool.connections().release(entry, reusable);
            leave(key);
        }
    }

    private void leave(Key key) {
        pools.computeIfPresent(key, (same, pool) -> pool.with(-1).orNothing());
    }

    @Override
    public void closeIdle(TimeValue idle) {
        pools.values().forEach(pool -> pool.connections().closeIdle(idle));
        forgetUnused();
    }

    /** Those, too, that their consumers have closed: a pool finds that out when it wants to use them. */
    @Override
    public void closeExpired() {
        for (Pool pool : pools.values()) {
            pool.connections().closeExpired();
            pool.connections().enumAvailable(entry -> {
                ManagedAsyncClientConnection connection = entry.getConnection();
                if (connection != null && !connection.isOpen()) {
                    entry.discardConnection(CloseMode.IMMEDIATE);
                }
            });
        }
        forgetUnused();
    }

    private void forgetUnused() {
        pools.keySet().forEach(key -> pools.computeIfPresent(key, (same, pool) -> pool.orNothing()));
    }

    @Override
    public void close() {
        close(CloseMode.GRACEFUL);
    }

    @Override
    public void close(CloseMode mode) {
        closed = true;
        pools.values().forEach(pool -> pool.connections().close(mode));
        pools.clear();
    }

    int count() {
        return pools.size();
    }

    @Override
    public Set<HttpRoute> getRoutes() {
        return pools.keySet().stream().map(Key::route).collect(Collectors.toSet());
    }

    @Override
    public PoolStats getStats(HttpRoute route) {
        return stats(key -> key.route().equals(route), maxPerRoute);
    }

    @Override
    public PoolStats getTotalStats() {
        return stats(key -> true, 0);
    }

    private PoolStats stats(Predicate<Key> wanted, int max) {
        int inUse = 0;
        int pending = 0;
        int available = 0;
        for (Map.Entry<Key, Pool> pool : pools.entrySet()) {
            if (wanted.test(pool.getKey())) {
                PoolStats stats = pool.getValue().connections().getTotalStats();
                inUse += stats.getLeased();
                pending += stats.getPending();
                available += stats.getAvailable();
            }
        }
        return new PoolStats(inUse, pending, available, max);
    }

    @Override
    public int getMaxTotal() {
        return 0;
    }

    @Override
    public void setMaxTotal(int max) {
        throw new UnsupportedOperationException(FIXED);
    }

    @Override
    public int getDefaultMaxPerRoute() {
        return maxPerRoute;
    }

    @Override
    public void setDefaultMaxPerRoute(int max) {
        throw new UnsupportedOperationException(FIXED);
    }

    @Override
    public int getMaxPerRoute(HttpRoute route) {
        return maxPerRoute;
    }

    @Override
    public void setMaxPerRoute(HttpRoute route, int max) {
        throw new UnsupportedOperationException(FIXED);
    }
}
