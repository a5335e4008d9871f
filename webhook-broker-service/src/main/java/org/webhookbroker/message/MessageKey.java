package org.webhookbroker.message;

import org.webhookbroker.database.Xid;

/** What a link to a message is made of. */
public record MessageKey(Xid id, Xid channelId, Xid producerId, String publicId) {}
