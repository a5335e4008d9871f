package org.webhookbroker;

import io.dropwizard.configuration.ConfigurationException;
import java.net.BindException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Stream;
import org.webhookbroker.database.StartRefusedException;

/** What an operator reads of a failed command whose reason is known: a sentence, and no stack trace. */
final class Explained {
    private Explained() {}

    /** Empty if only a stack trace can tell. */
    static Optional<String> of(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .flatMap(cause -> sentence(cause).stream())
                .findFirst();
    }

    private static Optional<String> sentence(Throwable cause) {
        if (cause instanceof StartRefusedException || cause instanceof ConfigurationException) {
            return Optional.ofNullable(cause.getMessage());
        }
        if (cause.getCause() instanceof BindException why) {
            return Optional.of(cause.getMessage() + ": " + why.getMessage()
                    + ". Stop what listens there, or choose other ports by PORT and ADMIN_PORT");
        }
        if (cause instanceof SQLException) {
            // The driver repeats a URL that it cannot read, whose query may hold a password.
            String answer = String.valueOf(cause.getMessage()).replaceAll("\\?\\S*", "?...");
            return Optional.of("The database answers: " + answer
                    + ". Check that database.url, database.user and database.password are right");
        }
        return Optional.empty();
    }
}
