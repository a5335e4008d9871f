package org.webhookbroker.quota;

import org.jspecify.annotations.Nullable;

/**
 * Whose quotas a broadcast uses: ids whose tokens, or whose key, the request had.
 *
 * @param key null without one
 */
public record Sender(@Nullable String key, String producer, String channel) {
    @Nullable
    String id(QuotaKind kind) {
        return switch (kind) {
            case KEY -> key;
            case PRODUCER -> producer;
            case CHANNEL -> channel;
            case CONSUMER -> null;
        };
    }
}
