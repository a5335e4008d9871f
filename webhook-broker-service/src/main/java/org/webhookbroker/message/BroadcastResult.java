package org.webhookbroker.message;

/** What became of a broadcast. */
public enum BroadcastResult {
    /** The message and its jobs are committed. */
    ACCEPTED,
    /** A message with this id is stored in the channel already; nothing was written. */
    DUPLICATE,
    /** The database does not take such values, and would not at the next try; nothing was written. */
    REFUSED,
    /** The intake queue is full; nothing was written. */
    OVERLOADED,
    /** The database did not answer. The message may be stored or not, so the producer repeats it with the same id. */
    UNAVAILABLE
}
