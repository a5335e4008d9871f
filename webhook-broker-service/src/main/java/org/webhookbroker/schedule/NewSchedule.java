package org.webhookbroker.schedule;

import java.time.Instant;
import org.webhookbroker.database.Xid;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Draft;
import org.webhookbroker.message.NewMessage;

/** A message to be kept until it is due, in whole microseconds. */
record NewSchedule(NewMessage message, Instant dueAt) implements Draft {
    @Override
    public Xid channelId() {
        return message.channelId();
    }

    @Override
    public String publicId() {
        return message.publicId();
    }

    @Override
    public Content content() {
        return message.content();
    }
}
