package org.webhookbroker.registry;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Xid;

/** The statements of one table that {@link RegistryWriter} needs to put one entry. */
interface EntryRow<T extends RegistryEntry> {
    Optional<T> find(Handle handle);

    /** @param wait how long for the row, as SQL has it */
    Optional<T> lock(Handle handle, String wait);

    /** True when putting it would change nothing. */
    boolean isAlready(T entry);

    /** Characters of what is to be stored. */
    long text();

    T insert(Handle handle, Xid id, Instant now);

    /** @param changedAt may be ahead of {@code now}: two changes never share one */
    T update(Handle handle, T entry, Instant now, Instant changedAt);
}
