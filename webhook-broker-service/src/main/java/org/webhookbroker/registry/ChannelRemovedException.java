package org.webhookbroker.registry;

/** A consumer was to be put into a channel that was removed meanwhile. Nothing was changed. */
public final class ChannelRemovedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ChannelRemovedException() {
        super("The channel was removed", null, false, false);
    }
}
