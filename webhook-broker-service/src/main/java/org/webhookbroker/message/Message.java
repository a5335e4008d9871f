package org.webhookbroker.message;

import java.time.Instant;
import org.webhookbroker.database.Xid;

/** A message as stored. {@code publicId} is unique in its channel while the message is stored. */
public record Message(Xid id, Xid channelId, Xid producerId, String publicId, Content content, Instant receivedAt) {}
