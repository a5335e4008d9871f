package org.webhookbroker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A packaged broker.
 *
 * @param home a clone in which it is built, or the folder where it is installed
 */
record Build(Path home) {
    static final Build THIS = new Build(Path.of("..").toAbsolutePath().normalize());

    /**
     * @param path a clone, a folder where the broker is installed, or a jar, which then gets this build's launcher and {@code config.yml}
     * @param folder where such a jar is installed
     */
    static Build of(Path path, Path folder) throws IOException {
        if (Files.isDirectory(path)) {
            return new Build(path.toAbsolutePath());
        }
        Path home = Files.createDirectories(folder.resolve("earlier"));
        Files.createDirectory(home.resolve("deploy"));
        for (String file : List.of("config.yml", "deploy/webhook-broker", "deploy/jvm.options")) {
            Files.copy(THIS.home.resolve(file), home.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.createSymbolicLink(home.resolve("webhook-broker-service.jar"), path.toAbsolutePath());
        return new Build(home);
    }
}
