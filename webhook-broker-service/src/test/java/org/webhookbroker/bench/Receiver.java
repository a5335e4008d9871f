package org.webhookbroker.bench;

import org.HdrHistogram.Histogram;

/** A consumer that counts its messages, and notes when those came that say when they were due. */
interface Receiver extends AutoCloseable {
    String url();

    long received();

    /** Of the messages since the last call that say when they were due: microseconds from then. */
    Histogram latency();

    long cpuNanos();

    @Override
    void close();
}
