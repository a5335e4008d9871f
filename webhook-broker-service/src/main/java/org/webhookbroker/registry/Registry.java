package org.webhookbroker.registry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.IncarnationEndedException;
import org.webhookbroker.database.Database;

/**
 * This node's view of the registry. Readers take {@link #current}, which may be a moment old; a transaction that writes jobs
 * calls {@link #lock} first, and so never sees a stale list (G3). Thread-safe.
 */
public final class Registry {
    /** @param holder the id of our incarnation */
    public record Locked(RegistrySnapshot snapshot, int holder) {}

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

    /**
     * Called with each newer snapshot before anybody else has it, so that nobody makes jobs for a consumer of whom no listener knows yet;
     * on the thread that loaded it, so a listener must be quick and must not fail.
     */
    public synchronized void onChange(Consumer<RegistrySnapshot> listener) {
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
        return asOf(handle, RegistryVersion.lock(handle));
    }

    /**
     * What each transaction that writes jobs under our name locks first, by one statement: the registry, as {@link #lock(Handle)} does, and
     * then our incarnation, as {@link Incarnation#lock} does (G3, G4).
     */
    public Locked lock(Handle handle, Incarnation incarnation) {
        int mine = incarnation.id();
        long version = RegistryVersion.lock(handle, mine).orElseThrow(() -> new IncarnationEndedException(mine));
        return new Locked(asOf(handle, version), mine);
    }

    private RegistrySnapshot asOf(Handle handle, long version) {
        RegistrySnapshot known = current;
        return known.version() == version ? known : publish(RegistryLoader.load(known, version, handle));
    }

    private synchronized RegistrySnapshot publish(RegistrySnapshot loaded) {
        if (loaded.version() > current.version()) {
            listeners.forEach(listener -> listener.accept(loaded));
            current = loaded;
        }
        return loaded;
    }
}
