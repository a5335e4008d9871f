package org.webhookbroker.message;

import java.time.Instant;
import org.webhookbroker.database.Xid;

/**
 * A row of {@code message}, which never changes.
 *
 * @param publicId unique in the channel while the message is stored
 * @param jobCount how many jobs the message was given; their ids follow its own
 */
public record Message(
        Xid id, Xid channelId, Xid producerId, String publicId, Content content, Instant receivedAt, int jobCount) {}
