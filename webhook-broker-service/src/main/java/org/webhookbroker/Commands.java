package org.webhookbroker;

import io.dropwizard.configuration.ConfigurationException;
import java.io.IOException;
import org.webhookbroker.database.CommandDatabase;
import org.webhookbroker.database.DatabaseFactory;
import org.webhookbroker.database.StartRefusedException;

/** What commands that work on the data have in common. */
final class Commands {
    static final int BAD_CONFIGURATION = 10;
    static final int NO_DATABASE = 11;
    static final int FAILED = 12;

    private Commands() {}

    /** @param task that does the same in a broker, which may be running on an embedded database */
    static CommandDatabase open(DatabaseFactory database, String task) {
        try {
            return database.openForCommand();
        } catch (StartRefusedException refused) {
            throw database.isEmbedded()
                    ? new StartRefusedException(
                            refused.getMessage() + ". A broker that runs on it does this by its task: POST /tasks/"
                                    + task + " on its admin port",
                            refused)
                    : refused;
        }
    }

    /** The exit code of a command that failed. */
    static int code(Throwable failure) {
        if (failure instanceof ConfigurationException || failure instanceof IOException) {
            return BAD_CONFIGURATION;
        }
        return failure instanceof StartRefusedException ? NO_DATABASE : FAILED;
    }
}
