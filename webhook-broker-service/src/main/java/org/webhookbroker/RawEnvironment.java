package org.webhookbroker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The variables of the environment as UTF-8. Java decodes them by the locale, and a service usually has none: each letter that is not
 * ASCII would be lost, in a password too.
 */
final class RawEnvironment {
    private static final Path LINUX = Path.of("/proc/self/environ");

    private RawEnvironment() {}

    static @Nullable String get(String name) {
        String decoded = System.getenv(name);
        if (decoded == null || decoded.chars().allMatch(character -> character < 0x80 && character != '?')) {
            return decoded;
        }
        try {
            return Arrays.stream(new String(Files.readAllBytes(LINUX), StandardCharsets.UTF_8).split("\0", -1))
                    .filter(each -> each.startsWith(name + "="))
                    .findFirst()
                    .map(each -> each.substring(name.length() + 1))
                    .orElse(decoded);
        } catch (IOException notLinux) {
            return decoded;
        }
    }
}
