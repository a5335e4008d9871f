package org.webhookbroker.testing;

import java.util.Map;
import org.jdbi.v3.core.statement.Query;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;

/** How the database would run a statement of the product. */
public final class QueryPlan {
    private static final Map<String, Integer> PARAMETERS =
            Map.of("holder", 0, "retry", 0, "priority", 0, "ahead", 0, "limit", 100, "below", 1, "takeovers", 5);

    private QueryPlan() {}

    /** With parameters of those names that the statement has. */
    public static String of(Database database, String sql, Xid consumer) {
        return database.withHandle(handle -> {
            Query query = handle.createQuery("EXPLAIN " + sql);
            if (sql.contains(":consumer")) {
                query.bind("consumer", consumer);
            }
            PARAMETERS.forEach((name, value) -> {
                if (sql.contains(":" + name)) {
                    query.bind(name, value);
                }
            });
            return query.mapToMap().list().toString();
        });
    }
}
