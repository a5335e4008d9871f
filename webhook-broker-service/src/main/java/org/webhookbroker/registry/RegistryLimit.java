package org.webhookbroker.registry;

/**
 * How much the registry may have: anybody may put something into it, and each node has all of it in memory (G8). Texts are bounded too, since
 * the longest are ten times as long as usual ones. Puts at the same moment may exceed it by their number.
 */
public record RegistryLimit(int entries) {
    private static final int TEXT_OF_AN_ENTRY = 1024;

    /** Throws when there is no room for so many characters more, or for one more entry. */
    void require(RegistrySnapshot snapshot, boolean isNew, long moreText) {
        if (isNew && snapshot.size() >= entries) {
            throw new RegistryFullException(
                    "the registry has %s producers, channels and consumers, as many as `registry.maxEntries` allows"
                            .formatted(snapshot.size()),
                    "remove some, or raise it");
        }
        if (moreText > 0 && snapshot.text() + moreText > (long) entries * TEXT_OF_AN_ENTRY) {
            throw new RegistryFullException(
                    "the ids, names, tokens and URLs of the registry have %s characters, and %s for each of `registry.maxEntries` are allowed"
                            .formatted(snapshot.text(), TEXT_OF_AN_ENTRY),
                    "remove some, shorten them, or raise it");
        }
    }

    static long text(RegistryEntry entry) {
        long text = (long) entry.publicId().length()
                + entry.name().length()
                + entry.token().length();
        return entry instanceof Consumer consumer
                ? text + consumer.callbackUrl().length()
                : text;
    }
}
