package org.webhookbroker.database;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;

/** Which page of a list is wanted. Lists are ordered by id, newest first; ids sort by creation. */
public record PageRequest(Direction direction, Xid from) {
    /** Of every paged list; the contract has no parameter for it. */
    public static final int SIZE = 25;

    /** The newest page: whatever is older than an id that no clock reaches. */
    public static final PageRequest FIRST = new PageRequest(Direction.OLDER, new Xid(-1, -1));

    public enum Direction {
        /** The page just below {@code from}. */
        OLDER("id < :from ORDER BY id DESC LIMIT :size"),
        /** The page just above {@code from}, selected with the nearest first. */
        NEWER("id > :from ORDER BY id LIMIT :size");

        private final String condition;

        Direction(String condition) {
            this.condition = condition;
        }
    }

    /**
     * The rows of the page, newest first.
     *
     * @param query its text ends in {@code <page>}, a condition that stands last in its {@code WHERE}
     */
    public <T> List<T> select(Query query, RowMapper<T> mapper) {
        List<T> rows = query.define("page", direction.condition)
                .bind("from", from)
                .bind("size", SIZE)
                .map(mapper)
                .list();
        if (direction == Direction.OLDER) {
            return rows;
        }
        List<T> newestFirst = new ArrayList<>(rows);
        Collections.reverse(newestFirst);
        return newestFirst;
    }
}
