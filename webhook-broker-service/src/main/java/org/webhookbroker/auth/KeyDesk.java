package org.webhookbroker.auth;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.webhookbroker.audit.Who;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;

/** What people ask for and read, in the command {@code keys} and in the task of this name. */
public final class KeyDesk {
    private static final String DO = "do";
    private static final String ID = "id";

    /** What {@link #run} reads. */
    public static final List<String> PARAMETERS =
            Stream.concat(Stream.of(DO, ID), NewKey.NAMES.stream()).toList();

    private final Keys keys;
    private final InstantSource clock;

    public KeyDesk(Database database, XidGenerator ids, InstantSource clock) {
        this.keys = new Keys(database, ids, clock);
        this.clock = clock;
    }

    /**
     * @param given by the names of {@link #PARAMETERS}
     * @param result gets what was asked for: the text of a new key, or a line for each key
     * @param remark gets the sentences about it
     * @throws KeyRefusedException if it cannot be done
     */
    public void run(Map<String, String> given, Who who, Consumer<String> result, Consumer<String> remark) {
        switch (given.getOrDefault(DO, "")) {
            case "add" -> {
                knowsOnly(given, NewKey.NAMES);
                Keys.Made made = keys.add(NewKey.of(given), who);
                result.accept(made.text());
                remark.accept("This is the " + made.key().role().wireName() + " " + made.key()
                        + ". Keep it: it is not shown again");
            }
            case "list" -> {
                knowsOnly(given, List.of());
                List<StoredKey> all = keys.list();
                all.forEach(key -> result.accept(line(key, clock.instant())));
                remark.accept(all.size() + (all.size() == 1 ? " key" : " keys"));
            }
            case "revoke" -> {
                knowsOnly(given, List.of(ID));
                String id = given.getOrDefault(ID, "");
                keys.revoke(
                        Xid.parse(id).orElseThrow(() -> new KeyRefusedException("id: is the one that list shows")),
                        who);
                remark.accept("Key " + id + " is revoked, on all nodes");
                if (keys.list().stream().noneMatch(key -> key.isOfAdmin(clock.instant()))) {
                    remark.accept("No key of the role admin is left");
                }
            }
            default -> throw new KeyRefusedException("do: use add, list or revoke");
        }
    }

    private static void knowsOnly(Map<String, String> given, List<String> known) {
        List<String> foreign = new ArrayList<>(given.keySet());
        foreign.removeAll(known);
        foreign.remove(DO);
        if (!foreign.isEmpty()) {
            throw new KeyRefusedException(String.join(", ", foreign) + ": is not for "
                    + Objects.requireNonNull(given.get(DO)) + "; leave it out");
        }
    }

    private static String line(StoredKey stored, Instant now) {
        ApiKey key = stored.key();
        return "%s %s %s%s, ...%s, made %s, %s, %s: %s"
                .formatted(
                        key.id(),
                        key.role().wireName(),
                        key.channels(),
                        key.producer().map(producer -> " as " + producer).orElse(""),
                        stored.hint(),
                        seconds(key.createdAt()),
                        key.endsAt()
                                .map(end -> (key.hasEnded(now) ? "ended " : "ends ") + seconds(end))
                                .orElse("without an end"),
                        stored.lastUsedAt()
                                .map(at -> "last used " + seconds(at))
                                .orElse("not used yet"),
                        key.name());
    }

    private static Instant seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }
}
