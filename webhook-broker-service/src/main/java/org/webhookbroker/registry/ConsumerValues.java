package org.webhookbroker.registry;

/** What a user may choose about a consumer. */
public record ConsumerValues(
        Channel channel,
        EntryValues entry,
        String callbackUrl,
        ConsumerType type,
        Retries retries,
        Signing signing,
        ConsumerRoute route) {
    /** Of one that is not signed, and goes where all may. */
    public ConsumerValues(Channel channel, EntryValues entry, String callbackUrl, ConsumerType type, Retries retries) {
        this(channel, entry, callbackUrl, type, retries, Signing.NONE, ConsumerRoute.AS_CONFIGURED);
    }

    static ConsumerValues of(Consumer consumer) {
        return new ConsumerValues(
                consumer.channel(),
                new EntryValues(consumer.publicId(), consumer.name(), consumer.token()),
                consumer.callbackUrl(),
                consumer.type(),
                consumer.retries(),
                consumer.signing(),
                consumer.route());
    }

    public ConsumerValues signedBy(Signing other) {
        return new ConsumerValues(channel, entry, callbackUrl, type, retries, other, route);
    }

    public ConsumerValues routedBy(ConsumerRoute other) {
        return new ConsumerValues(channel, entry, callbackUrl, type, retries, signing, other);
    }

    boolean areThoseOf(Consumer consumer) {
        return entry.areThoseOf(consumer)
                && consumer.callbackUrl().equals(callbackUrl)
                && consumer.type() == type
                && consumer.retries().equals(retries)
                && consumer.signing().equals(signing)
                && consumer.route().equals(route);
    }
}
