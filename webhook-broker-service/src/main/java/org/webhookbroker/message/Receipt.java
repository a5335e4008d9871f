package org.webhookbroker.message;

/** What became of a broadcast. */
public enum Receipt {
    /** The message and its jobs are committed. */
    ACCEPTED,
    /** A message with this id is stored in the channel already; nothing was written. */
    DUPLICATE,
    /** The database holds no such values, so trying again would be in vain; nothing was written. */
    REFUSED,
    /** The intake queue is full; nothing was written. */
    OVERLOADED,
    /** The database did not answer: the message may or may not be stored, so the producer repeats it with the same id. */
    UNAVAILABLE
}
