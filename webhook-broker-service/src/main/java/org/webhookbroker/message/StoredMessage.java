package org.webhookbroker.message;

/** A message, and how many jobs it was given. Their ids follow its own. */
public record StoredMessage(Message message, int jobCount) {}
