package org.webhookbroker.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** A consumer that notes when its messages came. Thread-safe. */
final class Sink implements Receiver {
    /** How it answers. */
    enum Mood {
        AT_ONCE,
        SLOW,
        FAILING,
        HANGING
    }

    private static final long SLOW_MILLIS = 500;
    private static final byte[] OK = answer("200 OK");
    private static final byte[] ERROR = answer("500 Internal Server Error");
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Mood mood;
    private final ServerSocket server;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<Thread> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong cpuOfEnded = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final Recorder latency = new Recorder(3);

    Sink(Mood mood) {
        this.mood = mood;
        try {
            server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    @Override
    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/hook";
    }

    @Override
    public long received() {
        return received.get();
    }

    @Override
    public Histogram latency() {
        return latency.getIntervalHistogram();
    }

    @Override
    public long cpuNanos() {
        return cpuOfEnded.get()
                + connections.stream()
                        .mapToLong(thread -> Math.max(0, THREADS.getThreadCpuTime(thread.getId())))
                        .sum();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                start(() -> serve(socket));
            } catch (IOException ended) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        connections.add(Thread.currentThread());
        try (Connection connection = new Connection(socket)) {
            while (!server.isClosed()) {
                Head head = connection.readHead();
                connection.skip(head.contentLength());
                connection.write(answer(head));
            }
        } catch (IOException ended) {
            // By the broker, or by us.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            cpuOfEnded.addAndGet(THREADS.getCurrentThreadCpuTime());
            connections.remove(Thread.currentThread());
        }
    }

    private byte[] answer(Head request) throws InterruptedException {
        switch (mood) {
            case SLOW -> TimeUnit.MILLISECONDS.sleep(SLOW_MILLIS);
            case HANGING -> closed.await();
            default -> {}
        }
        received.incrementAndGet();
        long sentAt = request.sentAt();
        if (sentAt >= 0) {
            latency.recordValue(Math.max(0, Broadcast.now() - sentAt) / 1000);
        }
        return mood == Mood.FAILING ? ERROR : OK;
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "sink");
        thread.setDaemon(true);
        thread.start();
    }

    private static byte[] answer(String status) {
        return ("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
