package org.webhookbroker.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.message.Content;

/**
 * The record of a scheduled message. Contents are empty once it is cancelled, or the message that was made of it is pruned.
 *
 * @param dispatchedAt null unless it is dispatched
 */
public record ScheduledMessage(
        ScheduledKey key,
        Content content,
        Instant dueAt,
        ScheduleState state,
        @Nullable Instant dispatchedAt) {}
