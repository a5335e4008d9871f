package org.webhookbroker.database;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Which page of a list is wanted. Lists are ordered by id, newest first; ids sort by creation. */
public record PageRequest(Direction direction, Xid from) {
    /** Of every paged list; the contract has no parameter for it. */
    public static final int SIZE = 25;

    /** The newest page: whatever is older than an id that no clock reaches. */
    public static final PageRequest FIRST = new PageRequest(Direction.OLDER, new Xid(-1, -1));

    public enum Direction {
        /** Below {@code from}: select {@code id < from ORDER BY id DESC}. */
        OLDER,
        /** The page just above {@code from}: select {@code id > from ORDER BY id}, so nearest first. */
        NEWER
    }

    public boolean isOlder() {
        return direction == Direction.OLDER;
    }

    /** Rows as selected for this direction, in the order in which a page shows them. */
    public <T> List<T> newestFirst(List<T> rows) {
        if (isOlder()) {
            return rows;
        }
        List<T> page = new ArrayList<>(rows);
        Collections.reverse(page);
        return page;
    }
}
