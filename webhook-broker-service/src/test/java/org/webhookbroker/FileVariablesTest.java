package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.DefaultConfigurationFactoryFactory;
import io.dropwizard.configuration.FileConfigurationSourceProvider;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.database.StartRefusedException;

/** Whatever config.yml takes from a variable, it takes from a file too, and no message shows what is in it. */
class FileVariablesTest {
    private static final Path SHIPPED = Path.of("..", "config.yml");

    @TempDir
    Path folder;

    private BrokerConfiguration load(Map<String, String> environment) throws Exception {
        return new DefaultConfigurationFactoryFactory<BrokerConfiguration>()
                .create(BrokerConfiguration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(
                        new ConfigurationFile(
                                new FileConfigurationSourceProvider(), new FileVariables(environment::get)),
                        SHIPPED.toString());
    }

    private BrokerConfiguration withFile(String variable, String text) throws Exception {
        Path file = Files.writeString(folder.resolve(variable), text);
        return load(Map.of(variable + "_FILE", file.toString()));
    }

    private String passwordOf(String text) throws Exception {
        return withFile("DATABASE_PASSWORD", text).database.password;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "secret",
                "",
                " x ",
                "\"",
                "\\",
                "a: b",
                "#",
                "${USER}",
                "$${A}",
                "{",
                "ü密😀",
                "a\nb",
                "\nport: 1",
                "\uE0000\uE001",
                "\t",
                "\u0001\u007f"
            })
    void aPasswordIsTakenAsItIs(String password) throws Exception {
        for (String end : List.of("", "\n", "\r\n")) {
            assertThat(passwordOf(password + end)).isEqualTo(password);
        }
        assertThat(passwordOf(password + "\n\n")).isEqualTo(password + "\n");
    }

    @Test
    void everyVariableMayBeAFile() throws Exception {
        List<String> names = Pattern.compile("\\$\\{([A-Za-z0-9_]+)")
                .matcher(Files.readString(SHIPPED))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(names).hasSizeGreaterThan(60);
        // Or nobody could tell which of the two is meant.
        assertThat(names).noneMatch(name -> names.contains(name + "_FILE"));
        for (String name : names) {
            assertThatThrownBy(() -> load(Map.of(name + "_FILE", "/nowhere")))
                    .as(name)
                    .isInstanceOf(StartRefusedException.class)
                    .hasMessage("The environment variable " + name + "_FILE names a file that does not exist");
        }
        BrokerConfiguration seeded = withFile("SEED_CHANNELS", "- id: orders\n  token: \"01\\\"23\"\n");
        assertThat(seeded.seed.channels).hasSize(1).first().hasFieldOrPropertyWithValue("token", "01\"23");
        assertThat(withFile("DATABASE_POOL_SIZE", "20\n").database.poolSize).isEqualTo(20);
        assertThat(withFile("GATEWAY_AUTH_SECRET", "c2VjcmV0\n").gatewayAuth.hmacSharedSecret)
                .isEqualTo("c2VjcmV0");
        assertThat(withFile("http_proxy", "http://u:p@h:3128\n").outbound)
                .extracting("httpProxy")
                .hasToString("http://h:3128");
        assertThat(withFile("SECRETS_KEY", org.webhookbroker.testing.TestSecretKeys.FIRST + "\n")
                        .secrets
                        .keys())
                .hasToString("encrypted with key 72cd6e84");
    }

    @Test
    void whatCannotBeUsedIsNamedAndNotShown() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "secret");
        refused("and DATABASE_PASSWORD are both set", file.toString(), "other-secret");
        refused("and DATABASE_PASSWORD are both set", file.toString(), "");
        refused("is empty", "", null);
        refused("does not exist", folder.resolve("secret").toString(), null);
        refused("does not exist", "secret\0", null);
        refused("cannot be read, such as a folder", folder.toString(), null);
        refused("not UTF-8", written(new byte[] {'s', 'e', 'c', 'r', 'e', 't', (byte) 0xff}), null);
        refused("zero byte", written("secret\0".getBytes(StandardCharsets.UTF_8)), null);
        refused("more than 1 MiB", written(new byte[(1 << 20) + 1]), null);
        refused("more than 1 MiB", "/dev/zero", null);
        assertThat(load(Map.of(
                                "DATABASE_PASSWORD_FILE",
                                written("a".repeat(1 << 20).getBytes(StandardCharsets.UTF_8))))
                        .database
                        .password)
                .hasSize(1 << 20);
        assertThatThrownBy(() -> withFile("SEED_CHANNELS", "[{token: secret"))
                .hasMessageContaining("SEED_CHANNELS")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> withFile("SECRETS_KEY", "secret"))
                .hasMessageContaining("secrets.key must be empty, or keys of 32 bytes")
                .hasMessageNotContaining("\"secret\"");
    }

    private String written(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("written"), bytes).toString();
    }

    private void refused(String why, String path, @org.jspecify.annotations.Nullable String value) {
        Map<String, String> environment = new HashMap<>(Map.of("DATABASE_PASSWORD_FILE", path));
        if (value != null) {
            environment.put("DATABASE_PASSWORD", value);
        }
        assertThatThrownBy(() -> load(environment))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageStartingWith("The environment variable DATABASE_PASSWORD_FILE ")
                .hasMessageContaining(why)
                .hasMessageNotContaining("secret")
                .hasNoCause();
    }
}
