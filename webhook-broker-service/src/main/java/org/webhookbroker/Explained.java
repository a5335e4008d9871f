package org.webhookbroker;

import io.dropwizard.configuration.ConfigurationException;
import java.net.BindException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.webhookbroker.database.StartRefusedException;

/** What an operator reads of a failed command whose reason is known: a sentence, and no stack trace. */
final class Explained {
    /** Access to the database, an unknown database, and a command, a table or a privilege that this user does not have. */
    private static final Set<Integer> ACCESS = Set.of(1044, 1049, 1142, 1227);

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
        if (cause instanceof SQLException error) {
            // The driver repeats a URL that it cannot read, whose query may hold a password.
            String answer = String.valueOf(error.getMessage()).replaceAll("\\?\\S*", "?...");
            return Optional.of("The database answers: " + answer
                    + (isOfAccess(error)
                            ? ". Check that database.url, database.user and database.password are right"
                            : ""));
        }
        return Optional.empty();
    }

    /** The server was not reached, or does not let this user do it. The driver itself gives no state for a URL that it cannot read. */
    private static boolean isOfAccess(SQLException cause) {
        String state = cause.getSQLState();
        return state == null
                || state.startsWith("08")
                || state.startsWith("28")
                || ACCESS.contains(cause.getErrorCode());
    }
}
