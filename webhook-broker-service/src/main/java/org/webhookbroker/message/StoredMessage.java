package org.webhookbroker.message;

/** A message and how many jobs it was given: theirs are the ids that follow its own. */
public record StoredMessage(Message message, int jobCount) {}
