package org.webhookbroker.auth;

/**
 * Which channels a key covers.
 *
 * @param text a channel's id, or the beginning of ids with {@code *} behind it; {@code *} alone for all
 */
public record ChannelScope(String text) {
    public static final ChannelScope ALL = new ChannelScope("*");

    /** No id is empty. */
    public static final ChannelScope NONE = new ChannelScope("");

    public boolean covers(String id) {
        return isPrefix() ? id.startsWith(start()) : id.equals(start());
    }

    public boolean isPrefix() {
        return text.endsWith("*");
    }

    /** With what each id begins that it covers; the whole of the only one, unless it {@linkplain #isPrefix is a prefix}. */
    public String start() {
        return isPrefix() ? text.substring(0, text.length() - 1) : text;
    }

    @Override
    public String toString() {
        return text;
    }
}
