package org.webhookbroker.registry;

/** What a user may choose about a producer or a channel, and most of it about a consumer. */
public record EntryValues(String publicId, String name, String token) {
    boolean areThoseOf(RegistryEntry entry) {
        return entry.name().equals(name) && entry.token().equals(token);
    }

    long text() {
        return (long) publicId.length() + name.length() + token.length();
    }

    /** Without the token, which must not reach a log. */
    @Override
    public String toString() {
        return "EntryValues " + publicId;
    }
}
