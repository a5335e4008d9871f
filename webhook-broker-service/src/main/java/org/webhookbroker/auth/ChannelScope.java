package org.webhookbroker.auth;

/**
 * Which channels a key covers.
 *
 * @param text a channel's id, or the beginning of ids with {@code *} behind it; {@code *} alone for all
 */
public record ChannelScope(String text) {
    public static final ChannelScope ALL = new ChannelScope("*");

    public boolean covers(String id) {
        return text.endsWith("*") ? id.startsWith(text.substring(0, text.length() - 1)) : id.equals(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
