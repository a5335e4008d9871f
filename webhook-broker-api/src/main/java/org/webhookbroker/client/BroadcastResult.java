package org.webhookbroker.client;

/**
 * A message that the broker has stored.
 *
 * @param messageId the id that it has
 * @param duplicate true if the broker answered 409: the id was taken. After a try without an answer that is, as a rule, our own try
 * @param attempts requests that were made, 1 or more. A duplicate at the first attempt was stored by somebody before this call
 */
public record BroadcastResult(String messageId, boolean duplicate, int attempts) {}
