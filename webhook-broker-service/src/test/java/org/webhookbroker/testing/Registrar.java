package org.webhookbroker.testing;

import java.time.Clock;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;

/** Writes registry rows as another node would: straight into the tables, with a new registry version. */
public final class Registrar {
    private final Database database;
    private final XidGenerator ids = new XidGenerator(Clock.systemUTC());

    public Registrar(Database database) {
        this.database = database;
    }

    public Xid producer(String publicId) {
        return simple("INSERT INTO producer VALUES (?, ?, ?, 'pt', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))", publicId);
    }

    public Xid channel(String publicId) {
        return simple("INSERT INTO channel VALUES (?, ?, ?, 'ct', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))", publicId);
    }

    public Xid push(Xid channel, String publicId, String url) {
        return consumer(channel, publicId, url, 1);
    }

    public Xid pull(Xid channel, String publicId) {
        return pull(channel, publicId, "http://127.0.0.1/");
    }

    /** @param url where its jobs go once it {@link #becomes} a push consumer */
    public Xid pull(Xid channel, String publicId, String url) {
        return consumer(channel, publicId, url, 0);
    }

    /** The other way of delivery, for a consumer that goes on. */
    public void becomes(Xid consumer, boolean push) {
        database.inTransaction(handle -> {
            handle.execute("UPDATE registry_version SET version = version + 1");
            return handle.execute("UPDATE consumer SET type = ? WHERE id = ?", push ? 1 : 0, consumer);
        });
    }

    /** @param secret of Standard Webhooks */
    public void sign(Xid consumer, String secret) {
        database.inTransaction(handle -> {
            handle.execute("UPDATE registry_version SET version = version + 1");
            return handle.execute("UPDATE consumer SET signing_secrets = ? WHERE id = ?", secret, consumer);
        });
    }

    private Xid consumer(Xid channel, String publicId, String url, int type) {
        Xid id = ids.next();
        database.inTransaction(handle -> {
            handle.execute("UPDATE registry_version SET version = version + 1");
            return handle.execute("""
                    INSERT INTO consumer (id, channel_id, public_id, name, token, callback_url, type, created_at, changed_at)
                    VALUES (?, ?, ?, ?, 'kt', ?, ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))
                    """, id, channel, publicId, publicId, url, type);
        });
        return id;
    }

    private Xid simple(String sql, String publicId) {
        Xid id = ids.next();
        database.inTransaction(handle -> {
            handle.execute("UPDATE registry_version SET version = version + 1");
            return handle.execute(sql, id, publicId, publicId);
        });
        return id;
    }
}
