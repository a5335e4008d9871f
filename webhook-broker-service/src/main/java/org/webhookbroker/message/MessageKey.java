package org.webhookbroker.message;

import org.webhookbroker.database.Xid;

/** What links to a message need of it. */
public record MessageKey(Xid id, Xid channelId, Xid producerId, String publicId) {}
