package org.webhookbroker.testing;

/** Ends when closed. */
public interface Outage extends AutoCloseable {
    @Override
    void close();
}
