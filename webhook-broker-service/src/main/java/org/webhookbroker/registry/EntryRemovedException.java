package org.webhookbroker.registry;

/** What was to be changed in part was removed meanwhile, or the channel of what was to be put. Nothing was changed. */
public final class EntryRemovedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EntryRemovedException() {
        super("The entry was removed", null, false, false);
    }
}
