package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the packaged broker says, as in an image without a MariaDB of its own, when it is given no database, or one that is away. */
@Tag("slow")
final class StartWithoutDatabaseIT {
    @TempDir
    Path folder;

    @Test
    void withoutADatabaseItNamesTheSetting() throws Exception {
        String said = run("server", Map.of("DATA_FOLDER", "none"));
        assertThat(said)
                .contains("The broker does not start. database.url is empty", "set DATABASE_URL to jdbc:mariadb://");
        assertOneSentence(said);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aMigrationOfADatabaseThatIsAwaySaysSo() throws Exception {
        String said = run("db migrate", Map.of("DATABASE_URL", "jdbc:mariadb://127.0.0.1:" + unusedPort() + "/broker"));
        assertThat(said).contains("Nothing was done to the database. The database answers: ", "Connection refused");
        assertOneSentence(said);
    }

    /** Besides the lines of the log that are no failures. */
    private static void assertOneSentence(String said) {
        assertThat(said.lines().filter(line -> !line.startsWith("INFO "))).hasSize(1);
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private String run(String command, Map<String, String> settings) throws IOException, InterruptedException {
        Path here = Path.of("").toAbsolutePath();
        ProcessBuilder builder = new ProcessBuilder();
        builder.command()
                .add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.command().add("-jar");
        builder.command().add(here.resolve("target/webhook-broker-service.jar").toString());
        builder.command().addAll(List.of(command.split(" ")));
        builder.command().add(here.resolveSibling("config.yml").toString());
        builder.environment().clear();
        // No MariaDB of the machine.
        builder.environment().put("PATH", folder.toString());
        builder.environment().putAll(settings);
        Process process =
                builder.directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isNotZero();
        return said;
    }
}
