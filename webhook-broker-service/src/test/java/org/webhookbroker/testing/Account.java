package org.webhookbroker.testing;

/**
 * An ordinary user of the server, with the rights on the tables that an operator would give. The tests' own user may not grant, but may
 * write the tables of rights.
 */
public final class Account implements AutoCloseable {
    public static final String PASSWORD = "p1";

    private static final String ALL = "Select,Insert,Update,Delete,Create,Drop,References,Index,Alter,Trigger";

    private final Sql sql;
    private final String name;

    public Account(MariaDbExtension mariaDb, String name) {
        this(mariaDb, name, PASSWORD);
    }

    public Account(MariaDbExtension mariaDb, String name, String password) {
        this.sql = mariaDb.sql();
        this.name = name;
        sql.execute(
                "CREATE OR REPLACE USER " + account() + " IDENTIFIED BY PASSWORD '" + hash(mariaDb, password) + "'");
        sql.execute("""
                INSERT INTO mysql.tables_priv (Host, Db, User, Table_name, Grantor, Table_priv)
                SELECT '127.0.0.1', DATABASE(), ?, table_name, '', ? FROM information_schema.tables WHERE table_schema = DATABASE()
                """, name, ALL);
        sql.execute("FLUSH PRIVILEGES");
    }

    private static String hash(MariaDbExtension mariaDb, String password) {
        return mariaDb.database()
                .withHandle(handle -> handle.createQuery("SELECT PASSWORD(?)")
                        .bind(0, password)
                        .mapTo(String.class)
                        .one());
    }

    public String name() {
        return name;
    }

    /** The right to write rows of a table is taken, until the outage is closed. */
    public Outage revokeInsert(String table) {
        rights(table, ALL.replace("Insert,", ""));
        return () -> rights(table, ALL);
    }

    private void rights(String table, String rights) {
        sql.execute(
                "UPDATE mysql.tables_priv SET Table_priv = ? WHERE User = ? AND Table_name = ?", rights, name, table);
        sql.execute("FLUSH PRIVILEGES");
    }

    @Override
    public void close() {
        sql.execute("DROP USER " + account());
    }

    private String account() {
        return name + "@127.0.0.1";
    }
}
