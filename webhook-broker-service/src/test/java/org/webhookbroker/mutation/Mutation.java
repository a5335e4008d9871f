package org.webhookbroker.mutation;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * One change of the broker that a test must notice; {@code mutations.yml} lists them.
 *
 * @param breaks what the change does to whoever relies on the broker
 * @param guards the guarantee that it breaks, or the part of the contract
 * @param file a class, below {@code org/webhookbroker}
 * @param after where to look for {@code text}: behind this; empty: from the beginning
 * @param text what is replaced; it stands there once, or once behind {@code after}
 * @param test the class that must fail, by its simple name
 */
record Mutation(String breaks, String guards, String file, String after, String text, String by, String test) {
    static final Path SOURCES = Path.of("src", "main", "java", "org", "webhookbroker");

    Mutation {
        after = Objects.requireNonNullElse(after, "");
        by = Objects.requireNonNullElse(by, "");
    }

    static List<Mutation> all() {
        try (InputStream in = Objects.requireNonNull(Mutation.class.getResourceAsStream("mutations.yml"))) {
            return new YAMLMapper().readValue(in, new TypeReference<>() {});
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    Path source() {
        return SOURCES.resolve(file + ".java");
    }

    /** The changed source. */
    String apply() {
        String source = read(source());
        int from = source.indexOf(after);
        int at = from < 0 ? -1 : source.indexOf(text, from + after.length());
        if (at < 0 || (after.isEmpty() && source.indexOf(text, at + 1) >= 0)) {
            throw new IllegalStateException(
                    "mutations.yml: \"" + text + "\" must be once in " + source() + " (for: " + breaks + ")");
        }
        return source.substring(0, at) + by + source.substring(at + text.length());
    }

    /** Null-safe by {@link #apply}: the test class must exist, or nothing would ever notice. */
    Path testSource() {
        try (var files = Files.walk(Path.of("src", "test", "java"))) {
            return files.filter(path -> path.endsWith(test + ".java"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("mutations.yml: there is no test " + test));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    String testClass() {
        return Path.of("src", "test", "java")
                .relativize(testSource())
                .toString()
                .replace(".java", "")
                .replace('/', '.');
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
