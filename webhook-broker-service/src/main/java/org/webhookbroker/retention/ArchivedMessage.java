package org.webhookbroker.retention;

import java.time.Instant;
import org.webhookbroker.database.Xid;
import org.webhookbroker.message.Content;

/**
 * A message as found in an archive. Its time of reception, which is kept to the microsecond, tells it from another message that
 * was given the same id later.
 *
 * @param channelId public, as is {@code producerId}
 * @param producer internal, for a producer that is not registered any more
 */
record ArchivedMessage(
        String publicId, String channelId, String producerId, Xid producer, Instant receivedAt, Content content) {}
