package org.webhookbroker;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.dropwizard.configuration.ConfigurationSourceProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.StartRefusedException;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The configuration with the variables of the environment in it, as {@code ${NAME:-default}}. Dropwizard's own substitution puts a value
 * into the text before that is parsed: a quotation mark in a password then ends the setting, and the error shows the password. Here a
 * value is put where the parsed text has its place, and cannot leave it: in quotes it is taken as it is, elsewhere as YAML of its own.
 * No message shows a value. Lines stay the same, so that Dropwizard's messages name the right one.
 */
final class ConfigurationFile implements ConfigurationSourceProvider {
    /** The place of a value: characters for private use, which nothing in YAML gives a meaning. */
    private static final Pattern PLACE = Pattern.compile("\uE000(\\d+)\uE001");

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./+%][A-Za-z0-9_./+%-]*|-[0-9.]+");

    private final ConfigurationSourceProvider files;
    private final UnaryOperator<@Nullable String> environment;

    /** @param environment the value of a variable, or null */
    ConfigurationFile(ConfigurationSourceProvider files, UnaryOperator<@Nullable String> environment) {
        this.files = files;
        this.environment = environment;
    }

    @Override
    public InputStream open(String path) throws IOException {
        try (InputStream file = files.open(path)) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return new ByteArrayInputStream(new Substitution(path).of(text).getBytes(StandardCharsets.UTF_8));
        }
    }

    private record Edit(int from, int to, String text) {}

    private final class Substitution {
        private final String path;
        private final List<String> names = new ArrayList<>();
        private final List<String> values = new ArrayList<>();
        private final List<Edit> edits = new ArrayList<>();

        Substitution(String path) {
            this.path = path;
        }

        String of(String text) {
            String places = withPlaces(text);
            Node root = compose(places);
            if (root != null) {
                visit(root);
            }
            int[] characters = places.codePoints().toArray();
            StringBuilder edited = new StringBuilder();
            int done = 0;
            for (Edit edit : edits) {
                edited.append(new String(characters, done, edit.from() - done)).append(edit.text());
                done = edit.to();
            }
            return edited.append(new String(characters, done, characters.length - done))
                    .toString();
        }

        /** A value that is set becomes a place; a default stays text of the file. {@code $$} before a brace means one dollar. */
        private String withPlaces(String text) {
            StringBuilder result = new StringBuilder();
            int done = 0;
            for (int start = text.indexOf("${"); start >= 0; start = text.indexOf("${", done)) {
                if (start > done && text.charAt(start - 1) == '$') {
                    result.append(text, done, start - 1).append("${");
                    done = start + 2;
                    continue;
                }
                int end = end(text, start + 2);
                result.append(text, done, start);
                done = end < 0 ? start + 2 : end + 1;
                result.append(end < 0 ? "${" : expression(text.substring(start + 2, end)));
            }
            return result.append(text, done, text.length()).toString();
        }

        private String expression(String inside) {
            int split = inside.indexOf(":-");
            String name = split < 0 ? inside : inside.substring(0, split);
            String value = environment.apply(name);
            if (value != null) {
                names.add(name);
                values.add(value);
                return "\uE000" + (values.size() - 1) + "\uE001";
            }
            return split < 0 ? "${" + inside + "}" : withPlaces(inside.substring(split + 2));
        }

        /** The brace that ends an expression, behind those that are in its default; -1 if there is none. */
        private static int end(String text, int from) {
            int depth = 1;
            for (int i = from; i < text.length(); i++) {
                if (text.startsWith("${", i)) {
                    depth++;
                } else if (text.charAt(i) == '}' && --depth == 0) {
                    return i;
                }
            }
            return -1;
        }

        private @Nullable Node compose(String text) {
            try {
                new Yaml().parse(new StringReader(text)).forEach(this::requireNoAlias);
                return new Yaml().compose(new StringReader(text));
            } catch (MarkedYAMLException wrong) {
                throw new StartRefusedException(path + " is not valid YAML: line "
                        + (wrong.getProblemMark().getLine() + 1) + ", column "
                        + (wrong.getProblemMark().getColumn() + 1));
            }
        }

        /** Jackson would take the name of an alias for its value. */
        private void requireNoAlias(Event event) {
            if (event instanceof AliasEvent alias) {
                throw new StartRefusedException(path + ", line "
                        + (alias.getStartMark().getLine() + 1)
                        + ": an alias (*" + alias.getAnchor() + ") is not understood; write what it stands for");
            }
        }

        private void visit(Node node) {
            if (node instanceof MappingNode mapping) {
                mapping.getValue().forEach(each -> {
                    visit(each.getKeyNode());
                    visit(each.getValueNode());
                });
            } else if (node instanceof SequenceNode sequence) {
                sequence.getValue().forEach(this::visit);
            } else if (node instanceof ScalarNode scalar
                    && PLACE.matcher(scalar.getValue()).find()) {
                boolean isText = scalar.getScalarStyle() != ScalarStyle.PLAIN;
                String lineEnd = isBlock(scalar) ? "\n" : "";
                edits.add(new Edit(
                        scalar.getStartMark().getIndex(),
                        scalar.getEndMark().getIndex(),
                        (isText ? quoted(filled(scalar.getValue())) : yaml(scalar.getValue())) + lineEnd));
            }
        }

        private static boolean isBlock(ScalarNode scalar) {
            return scalar.getScalarStyle() == ScalarStyle.LITERAL || scalar.getScalarStyle() == ScalarStyle.FOLDED;
        }

        private String filled(String text) {
            return PLACE.matcher(text)
                    .replaceAll(place -> Matcher.quoteReplacement(values.get(Integer.parseInt(place.group(1)))));
        }

        private String yaml(String text) {
            LoaderOptions options = new LoaderOptions();
            options.setMaxAliasesForCollections(0);
            try {
                return flow(new Yaml(options).compose(new StringReader(filled(text))));
            } catch (YAMLException wrong) {
                String variables = PLACE.matcher(text)
                        .results()
                        .map(place -> names.get(Integer.parseInt(place.group(1))))
                        .collect(Collectors.joining(", "));
                throw new StartRefusedException("The environment variable " + variables + " is not valid YAML");
            }
        }
    }

    /** In one line, whatever it is. */
    private static String flow(@Nullable Node node) {
        if (node instanceof MappingNode mapping) {
            return mapping.getValue().stream()
                    .map(each -> flow(each.getKeyNode()) + ": " + flow(each.getValueNode()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream()
                    .map(ConfigurationFile::flow)
                    .collect(Collectors.joining(", ", "[", "]"));
        }
        if (!(node instanceof ScalarNode scalar)
                || (scalar.isPlain() && scalar.getValue().isEmpty())) {
            return "null";
        }
        boolean typed = scalar.isPlain() && PLAIN.matcher(scalar.getValue()).matches();
        return typed ? scalar.getValue() : quoted(scalar.getValue());
    }

    /** As JSON has it, which YAML understands. What YAML takes for unprintable is escaped. */
    private static String quoted(String value) {
        StringBuilder text = new StringBuilder("\"");
        for (char character : JsonStringEncoder.getInstance().quoteAsString(value)) {
            if (character < 0x7F) {
                text.append(character);
            } else {
                text.append(String.format(Locale.ROOT, "\\u%04x", (int) character));
            }
        }
        return text.append('"').toString();
    }
}
