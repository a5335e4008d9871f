package org.webhookbroker.testing;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Variables of the whole server as somebody else might set them; what they were before comes back with {@link #close}. */
public final class Globals implements AutoCloseable {
    private final Handle handle;
    private final Map<String, String> before = new LinkedHashMap<>();

    public Globals(MariaDbExtension mariaDb) {
        handle = mariaDb.jdbi().open();
    }

    /** @param value as SQL has it */
    public Globals set(String variable, String value) {
        before.putIfAbsent(variable, original(variable));
        execute("SET GLOBAL " + variable + " = " + value);
        return this;
    }

    private String original(String variable) {
        String value = handle.createQuery("SELECT @@global." + variable)
                .mapTo(String.class)
                .findOne()
                .orElse("NULL");
        return value.equals("NULL") || value.matches("-?[0-9]+(\\.[0-9]+)?") ? value : "'" + value + "'";
    }

    /** Past Jdbi, which takes a colon for the beginning of a name. */
    private void execute(String statement) {
        try (Statement plain = handle.getConnection().createStatement()) {
            plain.execute(statement);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() {
        before.forEach((variable, value) -> execute("SET GLOBAL " + variable + " = " + value));
        handle.close();
    }
}
