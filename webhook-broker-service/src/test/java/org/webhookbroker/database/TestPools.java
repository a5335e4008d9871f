package org.webhookbroker.database;

import io.dropwizard.db.DataSourceFactory;

/** The production pool on another database. */
public final class TestPools {
    private TestPools() {}

    public static DataSourceFactory of(String url, String user, String password, int size) {
        DataSourceFactory pool = new DatabaseFactory().pool(url, user, password);
        pool.setMinSize(1);
        pool.setMaxSize(size);
        return pool;
    }
}
