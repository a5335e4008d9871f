package org.webhookbroker.message;

import org.jdbi.v3.core.Handle;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.EntryUse;

/** A channel is needed by its consumers and by what is stored for it: without the channel nobody could read or prune it by name. */
public final class ChannelUse implements EntryUse<Channel> {
    private final TallyStore tallies = new TallyStore();

    @Override
    public boolean isNeeded(Handle handle, Channel channel) {
        return handle.createQuery("""
                        SELECT EXISTS (SELECT 1 FROM consumer WHERE channel_id = :channel)
                          OR EXISTS (SELECT 1 FROM message WHERE channel_id = :channel)
                          OR EXISTS (SELECT 1 FROM scheduled_message WHERE channel_id = :channel)
                        """)
                .bind("channel", channel.id())
                .mapTo(Boolean.class)
                .one();
    }

    /** All that it had is pruned, so its books are closed. */
    @Override
    public void forget(Handle handle, Channel channel) {
        tallies.forget(handle, channel.id());
        handle.createUpdate("DELETE FROM scheduled_tally WHERE channel_id = :channel")
                .bind("channel", channel.id())
                .execute();
    }
}
