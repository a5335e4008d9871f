package org.webhookbroker.client;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A program of docs/clients.md, which runs as a process of its own. */
final class PageProgram implements AutoCloseable {
    private static final Path PAGE = Path.of("..", "docs", "clients.md");
    private static final Map<String, List<String>> RUNNERS = Map.of(
            "java",
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            api()),
            "py", List.of("python3"),
            "mjs", List.of("node"),
            "sh", List.of("bash"));

    private final Process process;
    private final BufferedReader output;

    private PageProgram(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    /**
     * @param name what the first line of the program says, in a comment
     * @param broker port of the broker that it calls
     */
    static PageProgram start(String name, Path folder, int broker, String secret, String... arguments)
            throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, text(name).replace("localhost:8080", "127.0.0.1:" + broker));
        List<String> command = new ArrayList<>(RUNNERS.get(name.replaceFirst(".*\\.", "")));
        assumeTrue(isThere(command.get(0)), () -> command.get(0) + " is missing, so " + name + " was NOT RUN");
        command.add(file.toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("SECRET", secret);
        return new PageProgram(builder.start());
    }

    static String text(String name) throws IOException {
        Pattern block = Pattern.compile("```\\w+\n((?://|#) " + Pattern.quote(name) + "\n.*?)```", Pattern.DOTALL);
        Matcher found = block.matcher(Files.readString(PAGE));
        if (!found.find()) {
            throw new AssertionError(PAGE + " has no program " + name);
        }
        return found.group(1);
    }

    @Nullable
    String line() throws IOException {
        return output.readLine();
    }

    /** Its output to the end. Fails if it does not end well. */
    List<String> toTheEnd() throws InterruptedException {
        List<String> lines = output.lines().toList();
        if (process.waitFor() != 0) {
            throw new AssertionError("ended with " + process.exitValue() + ": " + lines);
        }
        return lines;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private static boolean isThere(String tool) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(tool)));
    }

    private static String api() {
        try {
            return Path.of(BrokerClient.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException never) {
            throw new IllegalStateException(never);
        }
    }
}
