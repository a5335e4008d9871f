package org.webhookbroker.client;

/** What a pull consumer does with a job. */
@FunctionalInterface
public interface JobHandler {
    /**
     * To return is to have dealt with the job: it is delivered. To throw is a failed attempt, with the exception as the reason: the
     * broker gives the job out again after the consumer's retry delay, and it is dead once its retries are used up.
     */
    void handle(PulledJob job) throws Exception;
}
