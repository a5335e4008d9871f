package org.webhookbroker.dispatch;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A job in and a job out of a lane that is half full. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReadyQueueBenchmark {
    private static final int HALF_FULL = 256;

    @Param({"1", "8"})
    int priorities;

    private final ReadyQueue queue = new ReadyQueue();
    private HeldJob[] jobs = {};
    private int next;

    @Setup
    public void fill() {
        jobs = new HeldJob[priorities];
        for (int priority = 0; priority < priorities; priority++) {
            jobs[priority] = Jobs.job(priority);
        }
        for (int i = 0; i < HALF_FULL; i++) {
            queue.add(jobs[i % priorities]);
        }
    }

    @Benchmark
    public HeldJob inAndOut() {
        queue.add(jobs[next++ % priorities]);
        return queue.poll();
    }
}
