package org.webhookbroker.testing;

import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.statement.Query;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;

/** How the database would run a statement of the product. */
public final class QueryPlan {
    private static final Map<String, Integer> PARAMETERS = Map.of(
            "holder",
            0,
            "retry",
            0,
            "priority",
            0,
            "ahead",
            0,
            "limit",
            100,
            "below",
            1,
            "takeovers",
            5,
            "retry0",
            0,
            "priority0",
            0);

    private QueryPlan() {}

    /** With parameters of those names that the statement has. */
    public static String of(Database database, String sql, Xid consumer) {
        return database.withHandle(handle -> {
            Query query = handle.createQuery("EXPLAIN " + sql);
            if (sql.contains(":consumer")) {
                query.bind("consumer", consumer);
            }
            PARAMETERS.forEach((name, value) -> {
                if (uses(sql, name)) {
                    query.bind(name, value);
                }
            });
            Stream.of("from", "from0", "last")
                    .filter(name -> uses(sql, name))
                    .forEach(name -> query.bind(name, Instant.EPOCH));
            return query.mapToMap().list().toString();
        });
    }

    private static boolean uses(String sql, String name) {
        return Pattern.compile(":" + name + "\\b").matcher(sql).find();
    }
}
