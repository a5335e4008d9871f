package org.webhookbroker.message;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** Where a {@link GroupCommit} writes its groups. */
public interface GroupTarget<T extends Draft> {
    /**
     * All of them in one transaction, or none.
     *
     * @throws org.jdbi.v3.core.JdbiException of a duplicate key, or {@link TakenException}, when one of the ids is taken
     */
    void commit(List<T> group);

    /** How many jobs it makes, about: what bounds a group beside its messages and their bytes. */
    default int jobs(T draft) {
        return 0;
    }

    /** Whether its id is taken by something stored. */
    boolean isTaken(Handle handle, T draft);
}
