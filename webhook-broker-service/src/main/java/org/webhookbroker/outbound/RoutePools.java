package org.webhookbroker.outbound;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Future;
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
 * A pool of its own for each route, while it has connections or is waited for. LAX keeps every host's connections apart: no lock and
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

    private final ConcurrentMap<HttpRoute, Pool> pools = new ConcurrentHashMap<>();
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
        return pools.compute(route, (same, found) -> found == null ? create() : found.with(1))
                .connections()
                .lease(route, state, timeout, new FutureCallback<>() {
                    @Override
                    public void completed(PoolEntry<HttpRoute, ManagedAsyncClientConnection> entry) {
                        callback.completed(entry);
                    }

                    @Override
                    public void failed(Exception failure) {
                        leave(route);
                        callback.failed(failure);
                    }

                    @Override
                    public void cancelled() {
                        leave(route);
                        callback.cancelled();
                    }
                });
    }

    private Pool create() {
        return new Pool(new LaxConnPool<>(maxPerRoute, timeToLive, PoolReusePolicy.LIFO, null, null), 1);
    }

    @Override
    public void release(PoolEntry<HttpRoute, ManagedAsyncClientConnection> entry, boolean reusable) {
        Pool pool = pools.get(entry.getRoute());
        if (pool != null) {
            pool.connections().release(entry, reusable);
            leave(entry.getRoute());
        }
    }

    private void leave(HttpRoute route) {
        pools.computeIfPresent(route, (same, pool) -> pool.with(-1).orNothing());
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
        pools.keySet().forEach(route -> pools.computeIfPresent(route, (same, pool) -> pool.orNothing()));
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
        return Set.copyOf(pools.keySet());
    }

    @Override
    public PoolStats getStats(HttpRoute route) {
        Pool pool = pools.get(route);
        return pool == null
                ? new PoolStats(0, 0, 0, maxPerRoute)
                : pool.connections().getStats(route);
    }

    @Override
    public PoolStats getTotalStats() {
        int leased = 0;
        int pending = 0;
        int available = 0;
        for (Pool pool : pools.values()) {
            PoolStats stats = pool.connections().getTotalStats();
            leased += stats.getLeased();
            pending += stats.getPending();
            available += stats.getAvailable();
        }
        return new PoolStats(leased, pending, available, 0);
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
