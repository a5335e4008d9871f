package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class RawEnvironmentTest {
    private static final String VALUE = "p?\"\\ ü密😀=x\ny ";

    @TempDir
    Path folder;

    /** What a process reads that has no locale, as a service has none. */
    public static final class Reader {
        public static void main(String[] names) throws IOException {
            for (String name : names) {
                System.out.write(String.valueOf(RawEnvironment.get(name)).getBytes(StandardCharsets.UTF_8));
                System.out.write('|');
            }
            System.out.flush();
        }
    }

    /** The shell hands the bytes over as they are in the file. */
    @Test
    void variablesAreUtf8WhateverTheLocale() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path script = Files.writeString(
                folder.resolve("script"), """
                export SECRET='%s' PLAIN=plain EMPTY=
                export LC_ALL=C
                exec '%s' -XX:TieredStopAtLevel=1 -cp '%s' '%s' SECRET PLAIN EMPTY NONE
                """.formatted(VALUE, java, classPath(), Reader.class.getName()));
        Process process = new ProcessBuilder("sh", script.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(output).isEqualTo(VALUE + "|plain||null|");
        assertThat(process.waitFor()).isZero();
    }

    private static String classPath() {
        return location(RawEnvironment.class) + File.pathSeparator + location(Reader.class);
    }

    private static Path location(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }
}
