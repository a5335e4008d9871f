package org.webhookbroker.database.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command lines of the embedded server, and the environment they need. */
record ServerCommand(MariaDbBinaries binaries, EmbeddedSettings settings) {

    /**
     * Fills an empty data folder with the system tables. The installer is a shell script that splits paths at blanks, so it runs
     * in our folder and gets paths from there, which have none.
     */
    ProcessBuilder install(Path data) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                fromFolder(binaries.installer()),
                "--no-defaults",
                "--basedir=" + fromFolder(binaries.base()),
                "--datadir=" + fromFolder(data),
                "--force",
                "--skip-name-resolve",
                "--skip-test-db",
                "--auth-root-authentication-method=socket"));
        addUser(command);
        ProcessBuilder builder = builder(command).directory(settings.folder().toFile());
        // Not that of the machine: a server that starts removes the temporary tables there, those of others too.
        builder.environment().put("TMPDIR", temporary().toString());
        return builder;
    }

    private Path temporary() throws IOException {
        return Files.createDirectories(settings.folder().resolve("tmp"));
    }

    /** Programs of this machine lie elsewhere, and keep their absolute paths. */
    private String fromFolder(Path path) {
        Path folder = settings.folder();
        return path.startsWith(folder) ? "./" + folder.relativize(path) : path.toString();
    }

    /** Every commit reaches the disk before it is acknowledged; no binary log, as nothing replicates from here. */
    ProcessBuilder serve(int port, Path initFile) throws IOException {
        List<String> command = ownSession();
        command.addAll(List.of(
                binaries.server().toString(),
                "--no-defaults",
                StrayServers.dataArgument(settings.data()),
                "--basedir=" + binaries.base(),
                "--tmpdir=" + temporary(),
                "--init-file=" + initFile,
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--socket=mariadbd.sock",
                "--pid-file=mariadbd.pid",
                "--skip-name-resolve",
                // Loopback only, and 11.4 would spend 15 s at each start on making a certificate.
                "--skip-ssl",
                "--skip-log-bin",
                "--performance-schema=OFF",
                "--max-connections=" + settings.maxConnections(),
                "--max-allowed-packet=64M",
                "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_nopad_bin",
                "--transaction-isolation=READ-COMMITTED",
                "--innodb-flush-log-at-trx-commit=1",
                "--innodb-buffer-pool-size=" + settings.bufferPoolBytes(),
                "--innodb-log-file-size=" + settings.redoLogBytes(),
                "--innodb-purge-threads=2"));
        addUser(command);
        return builder(command);
    }

    /**
     * A signal to the broker's process group, such as Ctrl-C, is for the broker alone: it stops the server once outcomes are written.
     * A process that has just been started leads no group, so setsid keeps its pid.
     */
    private static List<String> ownSession() throws IOException {
        return new ArrayList<>(
                MariaDbBinaries.onPath("setsid").map(Path::toString).stream().toList());
    }

    /** MariaDB refuses to run as root unless told so. */
    private static void addUser(List<String> command) {
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
    }

    /** To a file, not a pipe: the server may outlive a broker that is killed, and its last words must be kept. */
    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(settings.log().toFile()));
        Path libraries = binaries.base().resolve("libs");
        if (Files.isDirectory(libraries)) {
            builder.environment().put("LD_LIBRARY_PATH", libraries.toString());
        }
        return builder;
    }
}
