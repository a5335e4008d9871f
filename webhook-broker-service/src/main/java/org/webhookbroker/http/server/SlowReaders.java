package org.webhookbroker.http.server;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.util.thread.ThreadPool.SizedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps clients that do not read their answers from holding all threads of the server. Such an answer may hold a thread until the
 * idle timeout, and one HTTP/2 connection with a window of zero has enough requests for all threads. Once the answers that have
 * waited for a second are more than half the threads, the connections that have waited longest are closed (G6). The same befalls those
 * that hold memory which others want (G8).
 */
final class SlowReaders extends Handler.Wrapper {
    /** The request attribute that names the memory which its answer holds. */
    static final String MEMORY_ATTRIBUTE = "org.webhookbroker.memory";

    private static final Logger LOG = LoggerFactory.getLogger(SlowReaders.class);
    private static final Duration GRACE = Duration.ofSeconds(1);

    /** Not a record, as no write equals another. */
    private static final class Write {
        final Connection reader;
        final @Nullable Object memory;
        final long since = System.nanoTime();

        Write(Request request) {
            this.reader = request.getConnectionMetaData().getConnection();
            this.memory = request.getAttribute(MEMORY_ATTRIBUTE);
        }

        long age(long now) {
            return now - since;
        }
    }

    private final Set<Write> underWay = ConcurrentHashMap.newKeySet();

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        lookLater();
    }

    private void lookLater() {
        Scheduler.Task unused =
                getServer().getScheduler().schedule(this::look, GRACE.toMillis() / 2, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            closeSlowest();
        } finally {
            if (isRunning()) {
                lookLater();
            }
        }
    }

    private void closeSlowest() {
        List<Write> slow = slowest().toList();
        int tooMany = slow.size() - mostThreads() / 2;
        if (tooMany > 0) {
            LOG.warn(
                    "{} answers wait for their readers; closing the connections of the slowest {}",
                    slow.size(),
                    tooMany);
            slow.stream().limit(tooMany).map(write -> write.reader).distinct().forEach(SlowReaders::close);
        }
    }

    private Stream<Write> slowest() {
        long now = System.nanoTime();
        return underWay.stream()
                .filter(write -> write.age(now) > GRACE.toNanos())
                .sorted(Comparator.comparingLong((Write write) -> write.age(now))
                        .reversed());
    }

    void closeSlowestThatHolds(String memory) {
        slowest()
                .filter(write -> memory.equals(write.memory))
                .map(write -> write.reader)
                .findFirst()
                .ifPresent(SlowReaders::close);
    }

    /** First the socket, since HTTP/2 would say goodbye and wait; then the connection, which wakes threads that wait for its window. */
    private static void close(Connection reader) {
        try {
            reader.getEndPoint().close(new EofException("The answer is not read, and its thread is needed"));
            reader.close();
        } catch (RuntimeException failure) {
            LOG.warn("Cannot close a connection whose answers are not read", failure);
        }
    }

    private int mostThreads() {
        return getServer().getThreadPool() instanceof SizedThreadPool pool ? pool.getMaxThreads() : Integer.MAX_VALUE;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        boolean isAdmin = HttpRules.isAdmin(request.getConnectionMetaData().getConnector());
        return super.handle(request, isAdmin ? response : new Watched(request, response), callback);
    }

    private final class Watched extends Response.Wrapper {
        Watched(Request request, Response wrapped) {
            super(request, wrapped);
        }

        @Override
        public void write(boolean last, ByteBuffer content, Callback callback) {
            Write write = new Write(getRequest());
            underWay.add(write);
            RequestUnderWay answered = RequestUnderWay.of(getRequest());
            if (answered != null) {
                // An answer that is not read for long keeps its connection no more than a body that does not arrive.
                answered.restsFrom(write.since);
                answered.waits();
            }
            super.write(last, content, new Callback.Nested(callback) {
                @Override
                public void completed() {
                    underWay.remove(write);
                    if (answered != null) {
                        answered.goesOn();
                    }
                }
            });
        }
    }
}
