package org.webhookbroker.message;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** Where a {@link GroupCommit} writes its groups. */
public interface GroupTarget<T extends Draft> {
    /**
     * Writes all of them in one transaction, or none.
     *
     * @throws org.jdbi.v3.core.JdbiException of a duplicate key, or {@link TakenException}, when one of the ids is taken
     */
    void commit(List<T> group);

    /** About how many jobs it makes, which bounds a group as its messages and bytes do. */
    default int jobs(T draft) {
        return 0;
    }

    /** Whether something that is stored has its id. */
    boolean isTaken(Handle handle, T draft);
}
