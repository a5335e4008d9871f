package org.webhookbroker.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.mariadb.jdbc.Configuration;

/** The schema as {@code mariadb-dump --single-transaction} writes it, by the tools that came with the server. */
public final class Dump {
    private final MariaDbExtension mariaDb;
    private final Path file;

    private Dump(MariaDbExtension mariaDb, Path file) {
        this.mariaDb = mariaDb;
        this.file = file;
    }

    public static Dump take(MariaDbExtension mariaDb, Path file) throws IOException, InterruptedException {
        Dump dump = new Dump(mariaDb, file);
        dump.run("mariadb-dump", List.of("--single-transaction"), dump.process().redirectOutput(file.toFile()));
        return dump;
    }

    /** Into the same schema: whatever has been written since is gone. No broker may run. */
    public void restore() throws IOException, InterruptedException {
        run("mariadb", List.of(), process().redirectInput(file.toFile()));
    }

    private ProcessBuilder process() {
        ProcessBuilder process = new ProcessBuilder().redirectError(ProcessBuilder.Redirect.INHERIT);
        process.environment().put("MYSQL_PWD", mariaDb.password());
        return process;
    }

    private void run(String tool, List<String> options, ProcessBuilder process)
            throws IOException, InterruptedException {
        Path bundled = Path.of(mariaDb.sql().textOf("SELECT @@basedir"), "bin", tool);
        Configuration where = parsed(mariaDb.jdbcUrl());
        process.command(Stream.of(
                        Stream.of(Files.isExecutable(bundled) ? bundled.toString() : tool, "--no-defaults"),
                        Stream.of(
                                "--protocol=tcp", "--host=" + where.addresses().get(0).host),
                        Stream.of("--port=" + where.addresses().get(0).port, "--user=" + mariaDb.user()),
                        options.stream(),
                        Stream.of(where.database()))
                .flatMap(arguments -> arguments)
                .toList());
        int status = process.start().waitFor();
        if (status != 0) {
            throw new IOException(tool + " ended with " + status);
        }
    }

    private static Configuration parsed(String url) {
        try {
            return Configuration.parse(url);
        } catch (SQLException unusable) {
            throw new IllegalStateException(unusable);
        }
    }
}
