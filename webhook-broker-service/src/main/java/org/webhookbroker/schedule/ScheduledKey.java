package org.webhookbroker.schedule;

import org.webhookbroker.database.Xid;

/** The keys by which links and changes find a scheduled message. */
public record ScheduledKey(Xid id, Xid producerId, String publicId) {}
