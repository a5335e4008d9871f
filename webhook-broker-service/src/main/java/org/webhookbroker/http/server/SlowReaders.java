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
 * idle timeout, and one HTTP/2 connection with a window of zero has enough requests for all threads. An answer is slow when its reader
 * has fallen a second behind a pace; pieces that are taken one by one do not make it fast. Once more than half the threads have slow answers,
 * the connections that are furthest behind are closed (G6). The same befalls those that hold memory which others want (G8).
 */
final class SlowReaders extends Handler.Wrapper {
    /** The request attribute that names the memory which its answer holds. */
    static final String MEMORY_ATTRIBUTE = "org.webhookbroker.memory";
    /** The request attribute that is there once a part of the answer could not be written. */
    static final String GONE_ATTRIBUTE = "org.webhookbroker.gone";

    private static final Logger LOG = LoggerFactory.getLogger(SlowReaders.class);
    /** What a reader must take while others want what its answer holds: 16 MiB take a minute. */
    private static final Pace PACE = new Pace(Duration.ofSeconds(1), 256 << 10);

    /** Counts only the time for which the reader is waited for. Not a record, as no answer equals another. */
    private static final class Answer {
        private final Request request;
        final Connection reader;
        volatile @Nullable Object memory;
        /** How far the reader was behind, in nanoseconds, when the last piece was written. */
        private long behind;
        /** Volatile, as others compare it. */
        private volatile long keptUntil;

        Answer(Request request) {
            this.request = request;
            this.reader = request.getConnectionMetaData().getConnection();
        }

        long begin() {
            memory = request.getAttribute(MEMORY_ATTRIBUTE);
            keptUntil = System.nanoTime() - behind;
            return keptUntil;
        }

        void taken(int bytes) {
            long now = System.nanoTime();
            behind = now - PACE.keptUntil(keptUntil, bytes, now);
        }

        long behind(long now) {
            return now - keptUntil;
        }
    }

    private final Set<Answer> underWay = ConcurrentHashMap.newKeySet();

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        lookLater();
    }

    private void lookLater() {
        Scheduler.Task unused =
                getServer().getScheduler().schedule(this::look, PACE.grace().toMillis() / 2, TimeUnit.MILLISECONDS);
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
        List<Answer> slow = slowest().toList();
        int tooMany = slow.size() - mostThreads() / 2;
        if (tooMany > 0) {
            LOG.warn(
                    "{} answers wait for their readers; closing the connections of the slowest {}",
                    slow.size(),
                    tooMany);
            slow.stream().limit(tooMany).map(answer -> answer.reader).distinct().forEach(SlowReaders::close);
        }
    }

    private Stream<Answer> slowest() {
        long now = System.nanoTime();
        return underWay.stream()
                .map(answer -> new Behind(answer, answer.behind(now)))
                .filter(each -> each.nanos > PACE.grace().toNanos())
                .sorted(Comparator.comparingLong(Behind::nanos).reversed()) // As of now: it changes meanwhile.
                .map(Behind::answer);
    }

    private record Behind(Answer answer, long nanos) {}

    void closeSlowestThatHolds(String memory) {
        slowest()
                .filter(answer -> memory.equals(answer.memory))
                .map(answer -> answer.reader)
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
        private final Answer answer;

        Watched(Request request, Response wrapped) {
            super(request, wrapped);
            this.answer = new Answer(request);
        }

        @Override
        public void write(boolean last, ByteBuffer content, Callback callback) {
            int bytes = content == null ? 0 : content.remaining();
            long keptUntil = answer.begin();
            underWay.add(answer);
            RequestUnderWay answered = RequestUnderWay.of(getRequest());
            if (answered != null) {
                // An answer that is not read for long keeps its connection no more than a body that does not arrive.
                answered.restsFrom(keptUntil);
                answered.waits();
            }
            super.write(last, content, new Callback.Nested(callback) {
                @Override
                public void succeeded() {
                    taken();
                    super.succeeded();
                }

                @Override
                public void failed(Throwable failure) {
                    getRequest().setAttribute(GONE_ATTRIBUTE, true);
                    taken();
                    super.failed(failure);
                }

                /** Before the next piece begins, which {@code completed} may come after. */
                private void taken() {
                    underWay.remove(answer);
                    answer.taken(bytes);
                    if (answered != null) {
                        answered.goesOn();
                    }
                }
            });
        }
    }
}
