package org.webhookbroker.registry;

/** What a user may choose about a consumer. */
public record ConsumerValues(
        Channel channel, EntryValues entry, String callbackUrl, ConsumerType type, Retries retries) {
    boolean areThoseOf(Consumer consumer) {
        return entry.areThoseOf(consumer)
                && consumer.callbackUrl().equals(callbackUrl)
                && consumer.type() == type
                && consumer.retries().equals(retries);
    }
}
