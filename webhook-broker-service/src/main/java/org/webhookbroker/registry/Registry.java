package org.webhookbroker.registry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Database;

/**
 * This node's view of the registry. Readers take {@link #current}, which may be a moment old; a transaction that writes jobs
 * calls {@link #lock} first, and so never sees a stale list (G3). Thread-safe.
 */
public final class Registry {
    private final Database database;
    private final List<Consumer<RegistrySnapshot>> listeners = new CopyOnWriteArrayList<>();
    private volatile RegistrySnapshot current;

    public Registry(Database database) {
        this.database = database;
        this.current = RegistrySnapshot.EMPTY;
    }

    public RegistrySnapshot current() {
        return current;
    }

    /** Called with each newer snapshot, on the thread that loaded it, so a listener must be quick and must not fail. */
    public void onChange(Consumer<RegistrySnapshot> listener) {
        listeners.add(listener);
        listener.accept(current);
    }

    /** Looks whether another node changed the registry, and returns what holds now. One primary-key read if nothing did. */
    public RegistrySnapshot refresh() {
        RegistrySnapshot known = current;
        boolean changed = database.withHandle(handle -> RegistryVersion.read(handle) != known.version());
        return changed ? database.inTransaction(this::lock) : known;
    }

    /** The registry as it is now; it cannot change until the transaction of {@code handle} ends. */
    public RegistrySnapshot lock(Handle handle) {
        long version = RegistryVersion.lock(handle);
        RegistrySnapshot known = current;
        return known.version() == version ? known : publish(RegistryLoader.load(known, version, handle));
    }

    private synchronized RegistrySnapshot publish(RegistrySnapshot loaded) {
        if (loaded.version() > current.version()) {
            current = loaded;
            listeners.forEach(listener -> listener.accept(loaded));
        }
        return loaded;
    }
}
