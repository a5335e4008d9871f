package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.util.JarLocation;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.TestAuthority;
import org.webhookbroker.testing.TestSecretKeys;

/** A command that fails for a reason that is known says so in one sentence, without a stack trace and without the password. */
class StartFailureTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @TempDir
    Path folder;

    private String url = mariaDb.jdbcUrl();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    @Test
    void aWrongPasswordOfTheMigration() throws Exception {
        run("wrong-password", "", "db", "migrate");

        assertOneSentence("Nothing was done to the database. ", "Access denied for user 'broker'");
    }

    /** What was done before is kept, and the settings are right. */
    @Test
    void aMigrationThatStops() throws Exception {
        rename("scheduled-tally-pruned", "scheduled_tally", "away");
        try {
            run(mariaDb.password(), "", "db", "migrate");
        } finally {
            rename("away", "away", "scheduled_tally");
        }
        assertOneSentence("The command stopped; run it again, what it has done is kept. ", "scheduled_tally");
        assertThat(errors()).doesNotContain("Nothing was done", "database.url");
    }

    @Test
    void aDatabaseThatDoesNotExist() throws Exception {
        url = url.replaceFirst("(//[^/]+/)[^?]+", "$1none");
        run(mariaDb.password(), "", "db", "migrate");

        assertOneSentence("Nothing was done to the database. ", "database.url");
    }

    private static void rename(String changeset, String table, String name) {
        String again = name.equals("away") ? name : "scheduled-tally-pruned";
        mariaDb.jdbi().useHandle(handle -> {
            handle.execute("UPDATE DATABASECHANGELOG SET ID = ? WHERE ID = ?", again, changeset);
            handle.execute("RENAME TABLE " + table + " TO " + name);
        });
    }

    @Test
    void aWrongPasswordOfTheServer() throws Exception {
        run("wrong-password", "", "server");

        assertOneSentence("The broker does not start. ", "database.url: cannot connect to ", "Access denied");
    }

    @Test
    void aPortThatIsInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            run(
                    mariaDb.password(),
                    "server: {applicationConnectors: [{type: http, port: " + other.getLocalPort()
                            + ", bindHost: 127.0.0.1}], adminConnectors: [{type: http, port: 0, bindHost: 127.0.0.1}]}",
                    "server");

            assertOneSentence(
                    "The broker does not start. ", String.valueOf(other.getLocalPort()), "PORT and ADMIN_PORT");
        }
    }

    @Test
    void aCertificateThatIsMissing() throws Exception {
        Path key = Files.writeString(
                folder.resolve("tls.key"), TestAuthority.named("a").issue("b").keyPem());
        run("wrong-password", "tls: {certificate: none.pem, key: " + key + "}", "server");

        assertOneSentence("The broker does not start. tls.certificate: there is no file none.pem");
    }

    @Test
    void aSettingThatIsUnknown() throws Exception {
        run(mariaDb.password(), "retenton: {}", "server");

        assertThat(errors()).contains("retenton").doesNotContain("\tat ", mariaDb.password());
    }

    @Test
    void aTokenWhereAnEntryBelongs() throws Exception {
        for (String command : new String[] {"server", "check"}) {
            run(mariaDb.password(), "seed: {producers: [secret-token]}", command);

            assertThat(errors())
                    .contains("seed.producers.[0]; a list or a block belongs here")
                    .doesNotContain("secret-token");
            errors.reset();
        }
    }

    @Test
    void aKeyThatIsMissing() throws Exception {
        mariaDb.sql()
                .execute(
                        "INSERT INTO producer VALUES ('0123456789ab', 'shop', '', CONCAT(CHAR(1), 'enc:72cd6e84:AAAA'),"
                                + " UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))");
        run(mariaDb.password(), "secrets: {key: " + TestSecretKeys.SECOND + "}", "server");

        assertOneSentence("The broker does not start. Column token of producer shop", "72cd6e84", "add this key to it");
        assertThat(errors()).doesNotContain(TestSecretKeys.SECOND);
    }

    private void assertOneSentence(String... parts) {
        assertThat(errors()).contains(parts).hasLineCount(1).doesNotContain("Exception", "wrong-password");
    }

    private String errors() {
        return errors.toString(StandardCharsets.UTF_8);
    }

    private void run(String password, String more, String... command) throws Exception {
        Path file = Files.writeString(folder.resolve("config.yml"), """
                database: {url: "%s", user: "%s", password: "%s"}
                %s
                """.formatted(url, mariaDb.user(), password, more));
        BrokerApplication application = new BrokerApplication();
        Bootstrap<BrokerConfiguration> bootstrap = new Bootstrap<>(application);
        application.initialize(bootstrap);
        application.addDefaultCommands(bootstrap);
        String[] line = Arrays.copyOf(command, command.length + 1);
        line[command.length] = file.toString();
        new Cli(new JarLocation(BrokerApplication.class), bootstrap, errors, errors).run(line);
    }
}
