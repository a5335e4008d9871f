package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.api.BrokerVersion;

/** {@code scripts/run} as a new user meets it, in a checkout whose path has a blank. The jar is the one that was just built. */
@Tag("slow")
class RunScriptIT {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    @TempDir
    Path folder;

    private Path checkout;

    @BeforeEach
    void checkOut() throws IOException {
        checkout = Files.createDirectory(folder.resolve("my checkout"));
        for (String name : List.of("pom.xml", "config.yml", "migrations", "deploy", "webhook-broker-api")) {
            Files.createSymbolicLink(checkout.resolve(name), ROOT.resolve(name));
        }
        Path module = Files.createDirectory(checkout.resolve("webhook-broker-service"));
        for (String name : List.of("pom.xml", "src")) {
            Files.createSymbolicLink(
                    module.resolve(name), ROOT.resolve("webhook-broker-service").resolve(name));
        }
        Path target = Files.createDirectory(module.resolve("target"));
        for (String name : List.of("webhook-broker-service.jar", "embedded")) {
            Files.createSymbolicLink(
                    target.resolve(name), Path.of("target", name).toAbsolutePath());
        }
        Path script = Files.createDirectory(checkout.resolve("scripts")).resolve("run");
        Files.copy(ROOT.resolve("scripts/run"), script);
        Files.createFile(target.resolve("built-by-scripts-run"));
    }

    @Test
    void ctrlCStopsBrokerAndDatabaseInOrder() throws Exception {
        Process run = start(freePort(), freePort());
        await().atMost(Duration.ofMinutes(2)).until(() -> output().contains("The broker is up") || !run.isAlive());
        // Ctrl-C goes to all processes of the terminal's group.
        signalGroup(run, "INT");

        assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(output())
                .contains("Webhook broker " + BrokerVersion.CURRENT)
                .contains("The broker is up. Data is kept in data/mariadb", "Embedded MariaDB stopped")
                .doesNotContain("ERROR", "WARN");
        assertThat(checkout.resolve("data/mariadb/data")).isDirectory();
    }

    @Test
    void aBrokerLeavesItsClassesToTheNextOne() throws Exception {
        for (boolean isFirst : List.of(true, false)) {
            Process run = start(freePort(), freePort());
            await().atMost(Duration.ofMinutes(2)).until(() -> output().contains("The broker is up") || !run.isAlive());
            String mapped = Files.readString(Path.of("/proc/" + run.pid() + "/maps"));
            assertThat(mapped.contains("webhook-broker-service/target/classes-"))
                    .isEqualTo(!isFirst);
            signalGroup(run, "INT");

            assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(output()).contains("Embedded MariaDB stopped").doesNotContain("][cds", "shared archive");
        }
    }

    @Test
    void aPortIsAskedWhereItListens() throws Exception {
        int adminPort = freePort();
        try (ServerSocket other = new ServerSocket(adminPort, 1, InetAddress.getLoopbackAddress())) {
            int port = freePort();
            Process run = start(port, adminPort, "BIND_HOST=127.0.0.3", "ADMIN_BIND_HOST=127.0.0.2");
            await().atMost(Duration.ofMinutes(2)).until(() -> output().contains("The broker is up") || !run.isAlive());
            assertThat(other.isBound()).isTrue();
            assertThat(output())
                    .contains("API      http://127.0.0.3:" + port + "\n")
                    .contains("Health   http://127.0.0.2:" + adminPort + "/healthcheck");

            Process second = start(freePort(), adminPort, "ADMIN_BIND_HOST=127.0.0.2");
            assertThat(second.waitFor()).isEqualTo(1);
            assertThat(output()).isEqualTo(inUse(adminPort, "ADMIN_PORT"));

            signalGroup(run, "INT");
            assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void aPortInUseIsNamedBeforeAnythingIsStarted() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int taken = other.getLocalPort();

            Process onApi = start(taken, freePort());
            assertThat(onApi.waitFor()).isEqualTo(1);
            assertThat(output()).isEqualTo(inUse(taken, "PORT"));

            Process onAdmin = start(freePort(), taken);
            assertThat(onAdmin.waitFor()).isEqualTo(1);
            assertThat(output()).isEqualTo(inUse(taken, "ADMIN_PORT"));
        }
    }

    /** Scripts read the key: the log of the database that comes and goes stands elsewhere. */
    @Test
    void anotherCommandPrintsWhatItWasAskedForAlone() throws Exception {
        Path printed = folder.resolve("printed");
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ProcessBuilder command = new ProcessBuilder(
                            checkout.resolve("scripts/run").toString(),
                            "keys",
                            "add",
                            "config.yml",
                            "--role",
                            "admin",
                            "--name",
                            "ops")
                    .redirectOutput(printed.toFile())
                    .redirectError(log().toFile());
            command.environment().put("PORT", String.valueOf(other.getLocalPort()));
            assertThat(command.start().waitFor()).isZero();
        }
        assertThat(Files.readString(printed)).matches("whb_[A-Za-z0-9_-]{43}\n");
        assertThat(output()).contains("Embedded MariaDB stopped", "(ops). Keep it");
    }

    @Test
    void aBuildThatWasInterruptedIsDoneAgain() throws Exception {
        Path noMaven = Files.createDirectory(folder.resolve("bin"));
        Files.writeString(noMaven.resolve("mvn"), "#!/bin/sh\necho '[ERROR] no space left'\nexit 1\n");
        assertThat(noMaven.resolve("mvn").toFile().setExecutable(true)).isTrue();
        Files.delete(checkout.resolve("webhook-broker-service/target/built-by-scripts-run"));

        Process run = start(freePort(), freePort(), "PATH=" + noMaven + ":" + System.getenv("PATH"));

        assertThat(run.waitFor()).isEqualTo(1);
        assertThat(output()).contains("Building the broker", "no space left", "the build failed, see above");
    }

    private Process start(int port, int adminPort, String... environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        "setsid", checkout.resolve("scripts/run").toString())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile());
        builder.environment().put("PORT", String.valueOf(port));
        builder.environment().put("ADMIN_PORT", String.valueOf(adminPort));
        for (String setting : environment) {
            String[] parts = setting.split("=", 2);
            builder.environment().put(parts[0], parts[1]);
        }
        return builder.start();
    }

    private static void signalGroup(Process leader, String signal) throws Exception {
        new ProcessBuilder("kill", "-" + signal, "--", "-" + leader.pid())
                .inheritIO()
                .start()
                .waitFor();
    }

    private static String inUse(int port, String setting) {
        return "scripts/run: port " + port + " is in use: stop what listens there, or choose another one by " + setting
                + "=...\n";
    }

    private Path log() {
        return folder.resolve("run.log");
    }

    private String output() throws IOException {
        return Files.readString(log());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
