package org.webhookbroker.quota;

import org.jspecify.annotations.Nullable;

/**
 * Whose quotas a broadcast uses: ids whose tokens, or whose key, the request had.
 *
 * @param key null without one
 * @param producer null if a key sends in its name that may send in that of any: else such a key would use up the quotas of all producers
 */
public record Sender(@Nullable String key, @Nullable String producer, String channel) {
    @Nullable
    String id(QuotaKind kind) {
        return switch (kind) {
            case KEY -> key;
            case PRODUCER -> producer;
            case CHANNEL -> channel;
            case CONSUMER -> null;
        };
    }

    /** Who shares the quota of its channel with others. No id has a line feed. */
    String party() {
        return producer == null ? "\n" + key : producer;
    }
}
