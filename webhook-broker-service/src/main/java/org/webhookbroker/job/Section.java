package org.webhookbroker.job;

/** Of the queue of a consumer: the jobs of one line and priority. The index has them in the order of their due times. */
public record Section(WaitingLine line, int priority) {}
