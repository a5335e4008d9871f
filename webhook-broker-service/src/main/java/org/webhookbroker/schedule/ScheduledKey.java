package org.webhookbroker.schedule;

import org.webhookbroker.database.Xid;

/** What links to a scheduled message, and changes of it, need to know. */
public record ScheduledKey(Xid id, Xid producerId, String publicId) {}
