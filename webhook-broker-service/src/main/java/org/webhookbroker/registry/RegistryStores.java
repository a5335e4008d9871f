package org.webhookbroker.registry;

import org.webhookbroker.database.Database;

/** By which the registry is read and changed, entry by entry. */
public record RegistryStores(EntryStore<Producer> producers, EntryStore<Channel> channels, ConsumerStore consumers) {
    public RegistryStores(Database database, RegistryWriter writer, ConsumerJobs jobs, EntryUse<Channel> use) {
        this(
                EntryStore.producers(database, writer),
                EntryStore.channels(database, writer, use),
                new ConsumerStore(database, writer, jobs));
    }
}
