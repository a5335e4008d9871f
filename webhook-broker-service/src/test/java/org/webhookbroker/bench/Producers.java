package org.webhookbroker.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Producers over HTTP/1.1, each with a thread and a connection of its own. */
final class Producers {
    static final int CONNECTIONS = 64;

    private final List<Integer> ports;
    private final List<Broadcast> broadcasts;

    /** @param ports of the nodes, to which the producers are spread */
    Producers(List<Integer> ports, List<Broadcast> broadcasts) {
        this.ports = ports;
        this.broadcasts = broadcasts;
    }

    /** A closed loop: each producer sends its next message when the last one is acknowledged. */
    Sent asFastAsTheyCan(Duration length) {
        return run(length, 0);
    }

    /** An open loop: messages are sent when they are due whatever the answers do, and their latency counts from then. */
    Sent at(int perSecond, Duration length) {
        return run(length, perSecond);
    }

    private Sent run(Duration length, int perSecond) {
        Run run = new Run(System.nanoTime(), length.toNanos(), perSecond);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            int number = i;
            Thread thread = new Thread(() -> run.produce(number), "producer");
            thread.start();
            threads.add(thread);
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return run.sent();
    }

    private final class Run {
        private final long start;
        private final long length;
        private final int perSecond;
        private final Recorder latency = new Recorder(3);
        private final AtomicLongArray bySecond;
        private final AtomicLong refused = new AtomicLong();
        private final AtomicLong cpu = new AtomicLong();

        Run(long start, long length, int perSecond) {
            this.start = start;
            this.length = length;
            this.perSecond = perSecond;
            this.bySecond = new AtomicLongArray((int) TimeUnit.NANOSECONDS.toSeconds(length) + 1);
        }

        void produce(int number) {
            try (Connection connection = Connection.to(ports.get(number % ports.size()))) {
                for (int i = 0; ; i++) {
                    long due = due(number, i);
                    if (due - start >= length) {
                        break;
                    }
                    awaitDue(due);
                    Broadcast next = broadcasts.get((number + i * CONNECTIONS) % broadcasts.size());
                    connection.write(next.at(due));
                    note(connection.readAnswer(), due);
                }
            } catch (IOException e) {
                throw new IllegalStateException("The broker closed the connection of a producer", e);
            } finally {
                cpu.addAndGet(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
            }
        }

        private long due(int number, int count) {
            return perSecond == 0
                    ? System.nanoTime()
                    : start + (number + (long) count * CONNECTIONS) * 1_000_000_000L / perSecond;
        }

        private static void awaitDue(long due) {
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
        }

        private void note(int status, long due) {
            long now = System.nanoTime();
            latency.recordValue((now - due) / 1000);
            if (status == 201) {
                bySecond.incrementAndGet((int) Math.min((now - start) / 1_000_000_000L, bySecond.length() - 1));
            } else {
                refused.incrementAndGet();
            }
        }

        Sent sent() {
            List<Long> seconds = new ArrayList<>();
            for (int i = 0; i < bySecond.length() - 1; i++) {
                seconds.add(bySecond.get(i));
            }
            long late = bySecond.get(bySecond.length() - 1);
            Histogram micros = latency.getIntervalHistogram();
            long acknowledged =
                    late + seconds.stream().mapToLong(Long::longValue).sum();
            return new Sent(acknowledged, seconds.size(), refused.get(), micros, cpu.get(), seconds);
        }
    }
}
