package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.DefaultConfigurationFactoryFactory;
import io.dropwizard.configuration.FileConfigurationSourceProvider;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.util.Duration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.database.StartRefusedException;
import org.yaml.snakeyaml.Yaml;

class ConfigurationFileTest {
    private static final Path SHIPPED = Path.of("..", "config.yml");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"",
                "\\",
                "a\"b\\c",
                "'",
                "#",
                "a #b",
                ": ",
                "a: b",
                "{",
                "}",
                "${USER}",
                "$${USER}",
                "${",
                "}:-x",
                "%",
                "&a",
                "*a",
                "!x",
                "|",
                ">",
                "-",
                "- a",
                "[",
                ",",
                "~",
                "null",
                "0123",
                "1e3",
                "true",
                " x ",
                "\t",
                "a\nb",
                "\nport: 1",
                "\r\n",
                "ü",
                "密",
                "😀",
                "\u0001\u007f\u0085\u2028\uFEFF",
                "\uE0000\uE001",
                "\\n",
                "\\u0041",
                "---",
                "...",
                "@",
                "`",
                "?"
            })
    void aPasswordIsTakenAsItIs(String password) throws Exception {
        BrokerConfiguration configuration = load(SHIPPED, Map.of("DATABASE_PASSWORD", password));
        assertThat(configuration.database.password).isEqualTo(password);
        assertThat(configuration.database.poolSize).isEqualTo(16);
    }

    /** In quotes or not: whatever stands in one setting changes no other, and no line moves. */
    @Test
    void noVariableLeavesItsPlace() throws Exception {
        String shipped = Files.readString(SHIPPED);
        Map<String, String> before = settings(shipped, Map.of());
        List<String> names = Pattern.compile("\\$\\{([A-Za-z0-9_]+):-")
                .matcher(shipped)
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(names).hasSizeGreaterThan(60);
        for (String name : names) {
            for (String value :
                    List.of("x\nport: 1", "\"\nport: \"1", "[1, {a: b}]", "#", "{a: \"#\"}", "", "- 1\n- 2", "'")) {
                assertThat(changedBy(shipped, before, name, value))
                        .as(name + "=" + value)
                        .hasSizeLessThanOrEqualTo(1);
            }
        }
    }

    /** Nothing if it is refused, by a message that names the variable. */
    private static List<String> changedBy(String shipped, Map<String, String> before, String name, String value)
            throws IOException {
        int lines = (int) shipped.lines().count();
        try {
            // A default may take several lines, a value takes one.
            assertThat(text(shipped, Map.of(name, value)).lines()).hasSizeBetween(lines - 2, lines);
            return changed(before, settings(shipped, Map.of(name, value)));
        } catch (StartRefusedException refused) {
            assertThat(refused).hasMessage("The environment variable " + name + " is not valid YAML");
            return List.of();
        }
    }

    @Test
    void listsAndNumbersAreYaml() throws Exception {
        BrokerConfiguration configuration = load(
                SHIPPED,
                Map.of(
                        "RETRY_DELAYS", "[1s, 2s]",
                        "DATABASE_POOL_SIZE", "20",
                        "RETENTION_GZIP", "true",
                        "SEED_CHANNELS", "- id: orders\n  token: \"01\\\"23\""));
        assertThat(configuration.retry.delays).containsExactly(Duration.seconds(1), Duration.seconds(2));
        assertThat(configuration.database.poolSize).isEqualTo(20);
        assertThat(configuration.retention.gzip).isTrue();
        assertThat(configuration.seed.channels).hasSize(1).first().hasFieldOrPropertyWithValue("token", "01\"23");
    }

    /** As Dropwizard's own substitution has it. */
    @Test
    void aDollarIsWrittenTwiceAndWhatIsNotSetStays() throws IOException {
        assertThat(settings(
                        "a: \"$${A}\"\nb: \"${B}\"\nc: '${C:-d${D:-e}f}'\nd: x${A}y\ne: |\n  1${A}\n  2\nf: 3\n",
                        Map.of("A", "v")))
                .containsEntry("a", "${A}")
                .containsEntry("b", "${B}")
                .containsEntry("c", "def")
                .containsEntry("d", "xvy")
                .containsEntry("e", "1v\n2\n")
                .containsEntry("f", "3");
        assertThat(settings("a: [${A}, \"${A}\", 1]\n\"${A}\": 2\n", Map.of("A", "v,w")))
                .containsEntry("v,w", "2")
                .containsEntry("a", "[v,w, v,w, 1]");
    }

    @Test
    void whatIsNotYamlIsNamedAndNotShown() {
        for (String value :
                List.of("[{token: secret", "\"secret", "*secret", "&a [*a, secret]", "a: b: secret", "!!secret {}")) {
            assertThatThrownBy(() -> load(SHIPPED, Map.of("SEED_CHANNELS", value)))
                    .as(value)
                    .hasMessageContaining("SEED_CHANNELS")
                    .hasMessageNotContaining("secret");
        }
        assertThatThrownBy(() -> settings("a: 1\npassword: \"secret\n", Map.of("A", "x")))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("line")
                .hasMessageNotContaining("secret");
    }

    /** Jackson, which reads the settings, takes the name of an alias for a value: a password would be "p". */
    @Test
    void anAliasIsRefused() {
        for (String file : List.of(
                "a: &t ${A}\nb: *t\n",
                "a: &t 1\nb: *t\n",
                "a: &t {x: ${A}}\nb: *t\n",
                "a: &t [${A}]\nb: *t\n",
                "a: &t {x: 1}\nb: {<<: *t, y: \"${A}\"}\n",
                "a: &t 1\n? *t\n: ${A}\n",
                "a: 1\nb: &t [*t, ${A}]\n",
                "a: &t 1\nb: ${B:-*t}\n")) {
            assertThatThrownBy(() -> settings(file, Map.of("A", "secret")))
                    .as(file)
                    .isInstanceOf(StartRefusedException.class)
                    .hasMessage("config.yml, line 2: an alias (*t) is not understood; write what it stands for");
        }
    }

    @Test
    void anAnchorThatNobodyUsesDoesNoHarm() throws IOException {
        assertThat(settings("a: &t ${A}\nb: &u \"${A}\"\nc: &v [${A}]\nd: '*t'\n", Map.of("A", "v")))
                .containsEntry("a", "v")
                .containsEntry("b", "v")
                .containsEntry("c", "[v]")
                .containsEntry("d", "*t");
    }

    private static List<String> changed(Map<String, String> before, Map<String, String> after) {
        assertThat(after.keySet()).isEqualTo(before.keySet());
        return before.keySet().stream()
                .filter(each -> !before.get(each).equals(after.get(each)))
                .toList();
    }

    /** Each setting by its path, and the value of one as text. */
    private static Map<String, String> settings(String file, Map<String, String> environment) throws IOException {
        Map<String, String> settings = new TreeMap<>();
        Map<?, ?> root = new Yaml().load(text(file, environment));
        root.forEach((key, value) -> put(settings, String.valueOf(key), value));
        return settings;
    }

    /** Two levels are blocks, what is below is the value of a setting. */
    private static void put(Map<String, String> settings, String path, Object value) {
        if (value instanceof Map<?, ?> block
                && path.chars().filter(each -> each == '.').count() == 0) {
            block.forEach((key, inner) -> settings.put(path + "." + key, String.valueOf(inner)));
        } else {
            settings.put(path, String.valueOf(value));
        }
    }

    private static String text(String file, Map<String, String> environment) throws IOException {
        return new String(
                new ConfigurationFile(
                                path -> new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8)),
                                environment::get)
                        .open("config.yml")
                        .readAllBytes(),
                StandardCharsets.UTF_8);
    }

    private static BrokerConfiguration load(Path file, Map<String, String> environment) throws Exception {
        return new DefaultConfigurationFactoryFactory<BrokerConfiguration>()
                .create(BrokerConfiguration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(new ConfigurationFile(new FileConfigurationSourceProvider(), environment::get), file.toString());
    }
}
