package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.util.JarLocation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.History;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;

/** The command {@code prune} and what its exit codes say. */
class PruneCommandTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @TempDir
    Path folder;

    private final List<Integer> codes = new ArrayList<>();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    @Test
    void prunesAndEndsWithoutACode() throws Exception {
        seed();

        try (ServerSocket busy = new ServerSocket(0)) {
            run(
                    "nodeName: a, messageDays: 30, localPath: " + folder,
                    "server: {applicationConnectors: " + "[{type: http, port: " + busy.getLocalPort() + "}]}");
        }

        assertThat(codes).isEmpty();
        assertThat(messages()).isZero();
        assertThat(folder.toFile().list((directory, name) -> name.startsWith("local_a_")))
                .hasSize(1);
    }

    @Test
    void doesNothingWhereItIsOff() throws Exception {
        seed();

        run("nodeName: '', messageDays: 30", "");

        assertThat(codes).isEmpty();
        assertThat(output.toString(StandardCharsets.UTF_8))
                .contains("Pruning is off. Set retention.nodeName, retention.messageDays and a place");
        assertThat(messages()).isEqualTo(1);
    }

    @Test
    void aBadConfigurationIsTen() throws Exception {
        run("nodeName: a, messageDays: 30", "");

        assertThat(codes).containsExactly(10);
        assertThat(errors.toString(StandardCharsets.UTF_8)).contains("retention.localPath or retention.remoteUrl");
    }

    @Test
    void aMissingFileIsTen() {
        command(folder.resolve("nowhere.yml").toString());

        assertThat(codes).containsExactly(10);
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsEleven() throws Exception {
        Path file = Files.writeString(folder.resolve("config.yml"), """
                database: {url: "jdbc:mariadb://127.0.0.1:1/none", user: u, connectTimeout: 1s}
                retention: {nodeName: a, messageDays: 30, localPath: /tmp}
                """);
        command(file.toString());

        assertThat(codes).containsExactly(11);
        assertThat(errors.toString(StandardCharsets.UTF_8)).contains("database.url: cannot connect");
    }

    @Test
    void pruningThatFailsIsTwelve() throws Exception {
        seed();

        run("nodeName: a, messageDays: 30, localPath: " + folder.resolve("nowhere"), "");

        assertThat(codes).containsExactly(12);
        assertThat(errors.toString(StandardCharsets.UTF_8)).contains("retention.localPath");
        assertThat(messages()).isEqualTo(1);
    }

    private void run(String retention, String more) throws Exception {
        Path file = Files.writeString(folder.resolve("config.yml"), """
                database: {url: "%s", user: "%s", password: "%s"}
                retention: {%s}
                %s
                """.formatted(
                        mariaDb.jdbcUrl(), mariaDb.user(), mariaDb.password(), retention, more));
        command(file.toString());
    }

    private void command(String file) {
        BrokerApplication application = new BrokerApplication();
        Bootstrap<BrokerConfiguration> bootstrap = new Bootstrap<>(application);
        application.initialize(bootstrap);
        bootstrap.addCommand(new PruneCommand(codes::add, new PrintStream(output, true, StandardCharsets.UTF_8)));
        new Cli(new JarLocation(BrokerApplication.class), bootstrap, new ByteArrayOutputStream(), errors)
                .run("prune", file);
    }

    private static void seed() {
        Registrar registrar = new Registrar(mariaDb.database());
        Xid channel = registrar.channel("orders");
        new History(mariaDb.database(), Instant.now().minus(31, ChronoUnit.DAYS))
                .message(channel, registrar.producer("shop"), "m", "x");
    }

    private static long messages() {
        return mariaDb.sql().count("message");
    }
}
