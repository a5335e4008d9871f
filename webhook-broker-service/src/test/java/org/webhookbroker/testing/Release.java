package org.webhookbroker.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/** A packaged broker, and the {@code config.yml} that belongs to it: one of another release has settings that it does not know. */
public record Release(Path jar, Path configuration) {
    /** What this build has packaged. */
    public static Release built() {
        return new Release(Path.of("target", "webhook-broker-service.jar"), Path.of("..", "config.yml"))
                .required("this test runs after mvn package");
    }

    /** Both files in one folder, under their usual names. */
    public static Release in(Path folder) {
        return new Release(folder.resolve("webhook-broker-service.jar"), folder.resolve("config.yml"))
                .required("scripts/upgrade-test makes it");
    }

    private Release required(String hint) {
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar.toAbsolutePath() + " is missing: " + hint);
        }
        return new Release(jar.toAbsolutePath(), configuration.toAbsolutePath().normalize());
    }
}
