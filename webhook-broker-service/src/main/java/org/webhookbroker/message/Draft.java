package org.webhookbroker.message;

import org.webhookbroker.database.Xid;

/** What a producer wants kept under an id of its own choice, which no other of the channel may have. */
public interface Draft {
    Xid channelId();

    String publicId();

    Content content();
}
