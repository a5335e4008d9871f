package org.webhookbroker.job;

import java.util.List;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.BulkWrite;
import org.webhookbroker.database.Xid;

/**
 * Rows in which the transactions of one incarnation leave what they count: one row for each transaction, however many counters it changes. {@link TallyFold} adds
 * it to the counters, and until then whoever reads the counters adds it ({@link TallyStore}). The time of the database says which slot is next,
 * so two transactions seldom meet in one. Rows are emptied and written again, never deleted while their incarnation lives: so neither
 * writing nor reading them takes longer while somebody has an open view of the database.
 */
final class TallySlots {
    /** What a pass of {@link TallyFold} has to do. */
    record Work(
            boolean isShared,
            boolean isMade,
            boolean isFilled,
            @Nullable Integer forgotten) {}

    private record Slot(int incarnation, int turn, int number) {}

    /** What was in a slot. */
    record Left(int incarnation, Changes changes) {}

    /** Written in even seconds, and as many in odd ones. */
    static final int EACH_TURN = 128;

    /** Of one slot, as its column has it. */
    static final int BYTES = 32_768;

    /** False if there is no slot that has room: then the counters themselves are to be changed. */
    boolean append(Handle handle, int incarnation, Changes changes) {
        byte[] bytes = changes.bytes();
        int room = BYTES - Changes.sizeInSlot(bytes);
        return room >= 0
                && handle.createUpdate("""
                                UPDATE tally_slot SET changes = CONCAT(changes, CAST(UTC_TIMESTAMP(6) AS CHAR), :changes)
                                WHERE incarnation = :incarnation AND turn = SECOND(UTC_TIMESTAMP()) MOD 2
                                  AND slot = MICROSECOND(UTC_TIMESTAMP(6)) MOD :slots AND LENGTH(changes) <= :room
                                """)
                                .bind("changes", bytes)
                                .bind("incarnation", incarnation)
                                .bind("slots", EACH_TURN)
                                .bind("room", room)
                                .execute()
                        == 1;
    }

    Work work(Handle handle, int incarnation) {
        return handle.createQuery("""
                        SELECT NOT EXISTS (SELECT 1 FROM incarnation WHERE NOT ended AND NOT knows_slots) AS shared,
                          EXISTS (SELECT 1 FROM tally_slot WHERE incarnation = :incarnation) AS made,
                          EXISTS (SELECT 1 FROM tally_slot WHERE incarnation = :incarnation
                            AND turn <> SECOND(UTC_TIMESTAMP()) MOD 2 AND changes <> '') AS filled,
                          (SELECT MIN(incarnation) FROM tally_slot WHERE NOT EXISTS (
                            SELECT 1 FROM incarnation WHERE id = tally_slot.incarnation)) AS forgotten
                        """)
                .bind("incarnation", incarnation)
                .map((row, context) -> new Work(
                        row.getBoolean("shared"),
                        row.getBoolean("made"),
                        row.getBoolean("filled"),
                        row.getObject("forgotten", Integer.class)))
                .one();
    }

    /** Of an incarnation that is locked. */
    void make(Handle handle, int incarnation) {
        BulkWrite.execute(
                handle,
                "INSERT INTO tally_slot (incarnation, turn, slot, changes) VALUES ",
                "(" + incarnation + ", ?, ?, '')",
                "",
                IntStream.range(0, 2 * EACH_TURN).boxed().toList(),
                (row, first, number) -> {
                    row.setInt(first, number % 2);
                    row.setInt(first + 1, number / 2);
                });
    }

    /**
     * Empties the slots that are not written in this second. Not by {@code SKIP LOCKED}: MariaDB (11.4.5) fails such a
     * statement now and then with "Got error 1 during COMMIT", where no wait for locks is allowed.
     */
    Changes take(Handle handle, int incarnation) {
        Changes changes = new Changes();
        List<Slot> filled = handle.createQuery("""
                        SELECT turn, slot, changes FROM tally_slot
                        WHERE incarnation = :incarnation AND turn = 1 - SECOND(UTC_TIMESTAMP()) MOD 2 AND changes <> ''
                        FOR UPDATE
                        """)
                .bind("incarnation", incarnation)
                .map((row, context) -> {
                    changes.addAll(row.getBytes("changes"));
                    return new Slot(incarnation, row.getInt("turn"), row.getInt("slot"));
                })
                .list();
        if (!filled.isEmpty()) {
            int emptied = handle.createUpdate("""
                            UPDATE tally_slot SET changes = ''
                            WHERE incarnation = :incarnation AND turn = :turn AND slot IN (<slots>) AND changes <> ''
                            """)
                    .bind("incarnation", incarnation)
                    .bind("turn", filled.get(0).turn())
                    .bindList("slots", filled.stream().map(Slot::number).toList())
                    .execute();
            requireAll(filled.size(), emptied);
        }
        return changes;
    }

    /** Empties the slots that have changes of this owner, to which nothing is added meanwhile. Locks no others: whoever removes an owner holds up all intake. */
    List<Left> takeOf(Handle handle, Xid owner) {
        return handle
                .createQuery("SELECT incarnation, turn, slot FROM tally_slot WHERE LOCATE(:owner, changes) > 0")
                .bind("owner", owner)
                .map((row, context) -> new Slot(row.getInt("incarnation"), row.getInt("turn"), row.getInt("slot")))
                .list()
                .stream()
                .map(slot -> new Left(slot.incarnation(), take(handle, slot)))
                .toList();
    }

    /** It may have been folded since it was found, or removed. */
    private static Changes take(Handle handle, Slot slot) {
        Changes changes = new Changes();
        String key = " WHERE incarnation = %s AND turn = %s AND slot = %s"
                .formatted(slot.incarnation(), slot.turn(), slot.number());
        handle.createQuery("SELECT changes FROM tally_slot" + key + " FOR UPDATE")
                .mapTo(byte[].class)
                .findOne()
                .ifPresent(left -> {
                    changes.addAll(left);
                    int emptied = handle.execute("UPDATE tally_slot SET changes = ''" + key);
                    requireAll(1, emptied);
                });
        return changes;
    }

    /** Removes all slots of an incarnation, which writes from then on to the counters themselves. */
    Changes remove(Handle handle, int incarnation) {
        Changes changes = new Changes();
        List<byte[]> slots = handle.createQuery(
                        "SELECT changes FROM tally_slot WHERE incarnation = :incarnation FOR UPDATE")
                .bind("incarnation", incarnation)
                .mapTo(byte[].class)
                .list();
        slots.forEach(changes::addAll);
        int removed = handle.createUpdate("DELETE FROM tally_slot WHERE incarnation = :incarnation")
                .bind("incarnation", incarnation)
                .execute();
        requireAll(slots.size(), removed);
        return changes;
    }

    private static void requireAll(int read, int changed) {
        if (changed != read) {
            throw new IllegalStateException(read + " slots of counters were locked, but " + changed + " changed");
        }
    }
}
