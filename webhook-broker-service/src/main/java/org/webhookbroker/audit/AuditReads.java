package org.webhookbroker.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;

/** Reads entries page by page. However few match, a page looks at a bounded number of them. Thread-safe. */
public final class AuditReads {
    /** @param next behind which id the next page begins; empty if there is none */
    public record Page(List<AuditEntry> entries, Optional<Xid> next) {}

    static final int MOST_LOOKED_AT = 10_000;

    /** Of what the index of {@link #plan} says nothing. */
    private static final String CONDITIONS = """
            AND (:actor IS NULL OR actor = :actor) AND (:action IS NULL OR action = :action)
            AND (:kind IS NULL OR kind = :kind) AND (:target IS NULL OR target = :target)
            AND (:channel IS NULL OR channel = :channel)
            """;

    /** By which index the entries are walked through, and the one condition that it serves. */
    private record Plan(String index, String condition) {}

    private final Database database;

    public AuditReads(Database database) {
        this.database = database;
    }

    public Page page(AuditQuery query) {
        return database.withHandle(handle -> {
            Optional<Xid> floor = floor(handle, query);
            List<AuditEntry> found = bind(handle.createQuery(statement(query)), query)
                    .bind("least", floor.orElse(query.least()))
                    .bind("limit", query.limit())
                    .map((row, context) -> entry(row))
                    .list();
            // A page that is not full ends where the looking ended.
            return new Page(
                    found,
                    found.size() == query.limit()
                            ? Optional.of(found.get(found.size() - 1).id())
                            : floor);
        });
    }

    /** The last that is looked at; empty if all are. */
    private static Optional<Xid> floor(Handle handle, AuditQuery query) {
        return bind(handle.createQuery(floorStatement(query)), query)
                .bind("least", query.least())
                .bind("most", MOST_LOOKED_AT - 1)
                .map((row, context) -> Columns.xid(row, "id"))
                .findOne();
    }

    static String floorStatement(AuditQuery query) {
        Plan plan = plan(query.filters());
        return "SELECT id FROM audit FORCE INDEX (" + plan.index + ") WHERE " + plan.condition + """
                 AND id < :below AND id >= :least ORDER BY id DESC LIMIT 1 OFFSET :most
                """;
    }

    static String statement(AuditQuery query) {
        Plan plan = plan(query.filters());
        return """
                SELECT id, actor, actor_name, origin, share, action, kind, target, channel,
                  before_values, after_values, outcome, affected
                FROM audit FORCE INDEX (""" + plan.index + ") WHERE " + plan.condition
                + " AND id < :below AND id >= :least\n" + CONDITIONS + "ORDER BY id DESC LIMIT :limit";
    }

    /** The narrowest first. */
    private static Plan plan(AuditQuery.Filters filters) {
        if (filters.target().isPresent()) {
            return new Plan("audit_target", "target = :target");
        }
        if (filters.actor().isPresent()) {
            return new Plan("audit_actor", "actor = :actor");
        }
        if (filters.channel().isPresent()) {
            return new Plan("audit_channel", "channel = :channel");
        }
        return filters.action().isPresent()
                ? new Plan("audit_action", "action = :action")
                : new Plan("PRIMARY", "TRUE");
    }

    static Query bind(Query query, AuditQuery wanted) {
        AuditQuery.Filters filters = wanted.filters();
        return query.bind("below", wanted.below())
                .bind("actor", filters.actor().orElse(null))
                .bind("action", filters.action().map(Action::wireName).orElse(null))
                .bind("kind", filters.kind().map(Target.Kind::wireName).orElse(null))
                .bind("target", filters.target().orElse(null))
                .bind("channel", filters.channel().orElse(null));
    }

    private static AuditEntry entry(ResultSet row) throws SQLException {
        Who who = new Who(
                row.getString("actor"),
                row.getString("actor_name"),
                row.getString("origin"),
                row.getInt("share") == Share.OPERATORS.code());
        return new AuditEntry(
                Columns.xid(row, "id"),
                new AuditRecord(
                        who.doing(Action.parse(row.getString("action")).orElseThrow()),
                        new Target(
                                Target.Kind.parse(row.getString("kind")).orElseThrow(),
                                row.getString("target"),
                                row.getString("channel")),
                        row.getString("before_values"),
                        row.getString("after_values"),
                        Outcome.valueOf(row.getString("outcome").toUpperCase(Locale.ROOT)),
                        row.getLong("affected")));
    }
}
