package org.webhookbroker.message;

import org.webhookbroker.job.QueueListener;

/**
 * Who takes the jobs of new messages.
 *
 * @param admission takes those that this node delivers from memory
 * @param queue told of all others
 */
public record JobTakers(Admission admission, QueueListener queue) {}
