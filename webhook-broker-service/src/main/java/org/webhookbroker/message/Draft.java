package org.webhookbroker.message;

import org.webhookbroker.database.Xid;

/** What a producer wants to have stored, under an id that the producer chose and that is unique in the channel. */
public interface Draft {
    Xid channelId();

    String publicId();

    Content content();
}
