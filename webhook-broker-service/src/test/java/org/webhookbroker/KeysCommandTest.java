package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.util.JarLocation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.testing.MariaDbExtension;

/** The command {@code keys}: what it prints where, and what its exit codes say. */
class KeysCommandTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @TempDir
    Path folder;

    private final List<Integer> codes = new ArrayList<>();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream remarks = new ByteArrayOutputStream();

    @Test
    void theKeyIsAloneOnStandardOutput() throws Exception {
        String[] add = {"--role", "broadcast", "--name", "ci", "--channel", "orders-*", "--producer", "shop"};
        run("add", add);

        assertThat(codes).isEmpty();
        String key = output();
        assertThat(key).matches("whb_[A-Za-z0-9_-]{43}\n");
        assertThat(remarks())
                .contains("This is the broadcast key ", "(ci). Keep it")
                .doesNotContain(key.strip());

        run("list");
        assertThat(output()).contains(" broadcast orders-* as shop, ", ": ci\n").doesNotContain(key.strip());
        assertThat(remarks()).isEqualTo("1 key\n");

        run("revoke", "--id", mariaDb.sql().textOf("SELECT COUNT(*) FROM api_key"));
        assertThat(codes).containsExactly(12);
        assertThat(remarks()).contains("id: is the one that list shows");
    }

    @Test
    void aKeyIsRevoked() throws Exception {
        run("add", "--role", "read", "--name", "a", "--ends", "2999-01-31T12:00:00+01:00");
        String id = remarks().replaceFirst("(?s).* key (\\w{20}) .*", "$1");
        output.reset();
        run("revoke", "--id", id);

        assertThat(codes).isEmpty();
        assertThat(output()).isEmpty();
        assertThat(remarks()).contains("Key " + id + " is revoked, on all nodes\n");
        assertThat(mariaDb.sql().count("api_key")).isZero();
    }

    @Test
    void whatCannotBeIsTwelve() throws Exception {
        run("add", "--role", "root", "--name", "a");

        assertThat(codes).containsExactly(12);
        assertThat(remarks()).startsWith("The command failed. role: \"root\" is none; use admin, operate, ");
        assertThat(output()).isEmpty();
    }

    @Test
    void aBadConfigurationIsTenAndADatabaseThatDoesNotAnswerIsEleven() throws Exception {
        command("list", folder.resolve("nowhere.yml").toString());
        command("list", file("database: {url: 'jdbc:mysql://x/y'}"));
        command("list", file("database: {url: 'jdbc:mariadb://127.0.0.1:1/none', user: u, connectTimeout: 1s}"));

        assertThat(codes).containsExactly(10, 10, 11);
        assertThat(remarks()).contains("database.url must be empty", "database.url: cannot connect");
    }

    private void run(String what, String... options) throws Exception {
        List<String> line = new ArrayList<>(
                List.of(what, file("""
                        database: {url: "%s", user: "%s", password: "%s"}
                        """.formatted(mariaDb.jdbcUrl(), mariaDb.user(), mariaDb.password()))));
        line.addAll(List.of(options));
        command(line.toArray(String[]::new));
    }

    private String file(String text) throws Exception {
        return Files.writeString(folder.resolve("config.yml"), text).toString();
    }

    private void command(String... line) {
        BrokerApplication application = new BrokerApplication();
        Bootstrap<BrokerConfiguration> bootstrap = new Bootstrap<>(application);
        application.initialize(bootstrap);
        bootstrap.addCommand(new KeysCommand(codes::add, printer(output), printer(remarks)));
        List<String> all = new ArrayList<>(List.of("keys"));
        all.addAll(List.of(line));
        new Cli(new JarLocation(BrokerApplication.class), bootstrap, new ByteArrayOutputStream(), remarks)
                .run(all.toArray(String[]::new));
    }

    private static PrintStream printer(ByteArrayOutputStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }

    private String output() {
        return taken(output);
    }

    private String remarks() {
        return taken(remarks);
    }

    /** What was printed since it was taken last. */
    private static String taken(ByteArrayOutputStream stream) {
        String text = stream.toString(StandardCharsets.UTF_8);
        stream.reset();
        return text;
    }
}
