package org.webhookbroker.message;

import org.webhookbroker.database.Xid;

/** A message to be stored with its jobs. */
public record NewMessage(Xid channelId, Xid producerId, String publicId, Content content) implements Draft {}
