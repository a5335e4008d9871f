package org.webhookbroker.registry;

import org.jdbi.v3.core.Handle;

/** What else knows a producer or a channel, and belongs to a higher level than the registry. Called while nobody writes by the registry. */
public interface EntryUse<T extends RegistryEntry> {
    /** Whether something would be lost, or never end, without the entry. */
    boolean isNeeded(Handle handle, T entry);

    /** Drops what only counts for the entry. */
    void forget(Handle handle, T entry);

    /** Of entries that may go at any time. */
    static <T extends RegistryEntry> EntryUse<T> none() {
        return new EntryUse<>() {
            @Override
            public boolean isNeeded(Handle handle, T entry) {
                return false;
            }

            @Override
            public void forget(Handle handle, T entry) {}
        };
    }
}
