package org.webhookbroker.database.embedded;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers that brokers killed without notice left running. They are found by their command line, so that another process
 * with a reused pid is never mistaken for one.
 */
final class StrayServers {
    private static final Logger LOG = LoggerFactory.getLogger(StrayServers.class);
    /** A server under load needs a while to flush; it loses nothing by being killed after that. */
    private static final long ORDERLY_SECONDS = 30;

    private StrayServers() {}

    /** The caller holds the folder's lock, so a server that still serves this data has no broker any more. */
    static void stop(Path data) {
        for (ProcessHandle stray : find(data)) {
            LOG.info("Stopping the MariaDB (pid {}) that a killed broker left running on {}", stray.pid(), data);
            stop(stray);
        }
    }

    static void stop(ProcessHandle server) {
        server.destroy();
        if (!exits(server, ORDERLY_SECONDS)) {
            LOG.warn("MariaDB (pid {}) did not stop within {} s, killing it", server.pid(), ORDERLY_SECONDS);
            server.destroyForcibly();
            if (!exits(server, ORDERLY_SECONDS)) {
                throw new IllegalStateException(
                        "MariaDB (pid " + server.pid() + ") cannot be stopped: stop it by hand");
            }
        }
    }

    static List<ProcessHandle> find(Path data) {
        String argument = dataArgument(data);
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .map(arguments -> Arrays.asList(arguments).contains(argument))
                        .orElse(false))
                .filter(process -> process.info().command().orElse("").contains("mariadbd"))
                .toList();
    }

    static String dataArgument(Path data) {
        return "--datadir=" + data;
    }

    private static boolean exits(ProcessHandle server, long seconds) {
        try {
            server.onExit().get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
