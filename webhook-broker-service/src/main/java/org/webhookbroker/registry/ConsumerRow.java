package org.webhookbroker.registry;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Xid;

/** The statements that put one consumer. */
record ConsumerRow(ConsumerValues values) implements EntryRow<Consumer> {
    @Override
    public Optional<Consumer> find(Handle handle) {
        return ConsumerStore.find(handle, values.channel(), values.entry().publicId());
    }

    @Override
    public Optional<Consumer> lock(Handle handle, String wait) {
        return ConsumerStore.lock(handle, values.channel(), values.entry().publicId(), wait);
    }

    @Override
    public boolean isAlready(Consumer consumer) {
        return values.areThoseOf(consumer);
    }

    @Override
    public long text() {
        return values.entry().text() + values.callbackUrl().length();
    }

    /** Its channel may have been removed since the request was checked. A consumer without one could not be read, nor the registry with it (G6). */
    @Override
    public Consumer insert(Handle handle, Xid id, Instant now) {
        int inserted = handle.createUpdate("""
                        SET STATEMENT innodb_lock_wait_timeout = 0 FOR INSERT INTO consumer
                          (id, channel_id, public_id, name, token, callback_url, type, max_retries, retry_delays,
                           unreachable_for, created_at, changed_at)
                        SELECT :id, id, :publicId, :name, :token, :callbackUrl, :type, :maxRetries, :retryDelays,
                          :unreachableFor, :now, :now
                        FROM channel WHERE id = :channelId
                        """)
                .bind("id", id)
                .bind("channelId", values.channel().id())
                .bind("publicId", values.entry().publicId())
                .bind("name", values.entry().name())
                .bind("token", values.entry().token())
                .bind("callbackUrl", values.callbackUrl())
                .bind("type", values.type().code())
                .bind("maxRetries", values.retries().maxText())
                .bind("retryDelays", values.retries().delaysText())
                .bind("unreachableFor", values.retries().unreachableForText())
                .bind("now", now)
                .execute();
        if (inserted == 0) {
            throw new ChannelRemovedException();
        }
        return consumer(id, now, now);
    }

    @Override
    public Consumer update(Handle handle, Consumer consumer, Instant changedAt) {
        handle.createUpdate("""
                        UPDATE consumer
                        SET name = :name, token = :token, callback_url = :callbackUrl, type = :type,
                          max_retries = :maxRetries, retry_delays = :retryDelays,
                          unreachable_for = :unreachableFor, changed_at = :changedAt
                        WHERE id = :id
                        """)
                .bind("id", consumer.id())
                .bind("name", values.entry().name())
                .bind("token", values.entry().token())
                .bind("callbackUrl", values.callbackUrl())
                .bind("type", values.type().code())
                .bind("maxRetries", values.retries().maxText())
                .bind("retryDelays", values.retries().delaysText())
                .bind("unreachableFor", values.retries().unreachableForText())
                .bind("changedAt", changedAt)
                .execute();
        return consumer(consumer.id(), consumer.createdAt(), changedAt);
    }

    private Consumer consumer(Xid id, Instant createdAt, Instant changedAt) {
        EntryValues entry = values.entry();
        return new Consumer(
                id,
                values.channel(),
                entry.publicId(),
                entry.name(),
                entry.token(),
                values.callbackUrl(),
                values.type(),
                values.retries(),
                createdAt,
                changedAt);
    }
}
