package org.webhookbroker.database;

import java.time.Duration;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Jdbi;

/** A database of which readers take all the places that they may have. */
public final class CrowdedDatabase {
    private final ConnectionPlaces places = new ConnectionPlaces(ConnectionPlaces.VITAL + 8, Duration.ofMillis(50));
    private final Database database;
    private int readers;

    public CrowdedDatabase(Jdbi jdbi) {
        database = new Database(jdbi, places);
    }

    public Database database() {
        return database;
    }

    public void readersCome() {
        try {
            while (true) {
                places.enter(ConnectionPlaces.Use.ASIDE);
                readers++;
            }
        } catch (ConnectionException full) {
            // As many as there may be.
        }
    }

    public void readersGo() {
        for (; readers > 0; readers--) {
            places.leave(ConnectionPlaces.Use.ASIDE);
        }
    }
}
