package org.webhookbroker.mutation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Applies one mutation at a time and runs its test, which must fail. The changed class lies in a folder of its own before the
 * others on the class path, so the work tree stays as it is. First each test must pass without a change. Says of each change what
 * failed, and how, as a test may fail for another reason. Ends with 1 if a change was not noticed.
 */
final class MutationRun {
    private static final Path FOLDER = Path.of("target", "mutations");
    private static final String CLASSES = System.getProperty("java.class.path");
    /** A test that goes on for longer has noticed nothing. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private static final int MESSAGE = 160;

    private enum Result {
        PASSED,
        FAILED,
        NO_TEST,
        HANGS
    }

    private MutationRun() {}

    /** @param arguments run only mutations with one of these texts in their file, test or description; none: all */
    public static void main(String[] arguments) throws Exception {
        List<Mutation> chosen = Mutation.all().stream()
                .filter(each -> arguments.length == 0
                        || List.of(arguments).stream()
                                .anyMatch(text -> each.toString().contains(text)))
                .toList();
        ExecutorService workers =
                Executors.newFixedThreadPool(Math.max(1, Runtime.getRuntime().availableProcessors()));
        List<String> tests =
                chosen.stream().map(Mutation::testClass).distinct().sorted().toList();
        List<String> broken = inParallel(
                workers,
                tests.stream()
                        .<Callable<String>>map(test -> () -> unchanged(test))
                        .toList());
        List<String> unnoticed = inParallel(
                workers,
                IntStream.range(0, chosen.size())
                        .<Callable<String>>mapToObj(i -> () -> outcome(i, chosen.get(i)))
                        .toList());
        workers.shutdown();
        System.out.printf(
                "%d changes, %d noticed, %d not; %d tests fail without one%n",
                chosen.size(), chosen.size() - unnoticed.size(), unnoticed.size(), broken.size());
        System.exit(!chosen.isEmpty() && unnoticed.isEmpty() && broken.isEmpty() ? 0 : 1);
    }

    /** What the tasks say, without those that say nothing. */
    private static List<String> inParallel(ExecutorService workers, List<Callable<String>> tasks) throws Exception {
        List<String> said = new ArrayList<>();
        for (Future<String> task : workers.invokeAll(tasks)) {
            if (!task.get().isEmpty()) {
                said.add(task.get());
            }
        }
        return said;
    }

    private static String unchanged(String test) throws Exception {
        Result result = run(test, CLASSES, log(test));
        if (result != Result.PASSED) {
            System.out.printf("FAILS WITHOUT A CHANGE: %s %s%n%s", test, result, firstFailure(log(test)));
        }
        return result == Result.PASSED ? "" : test;
    }

    private static String outcome(int number, Mutation mutation) throws Exception {
        // A new one: what an earlier run left there would be in front of the others too.
        Path overlay = Files.createTempDirectory(FOLDER, number + "-");
        Path log = log(number + "-" + mutation.test());
        boolean compiles = compile(mutation, overlay);
        Result result = compiles ? run(mutation.testClass(), overlay + ":" + CLASSES, log) : Result.NO_TEST;
        boolean noticed = result == Result.FAILED;
        String why = compiles ? "NOT NOTICED: " + result : "DOES NOT COMPILE";
        System.out.printf(
                "%-12s %-26s %-24s %s%n%s",
                noticed ? "noticed" : why,
                mutation.file(),
                mutation.test(),
                mutation.breaks(),
                noticed ? firstFailure(log) : "");
        return noticed ? "" : mutation.breaks();
    }

    /** As {@link OneTestClass} writes it; the log has it whole. */
    private static String firstFailure(Path log) throws IOException {
        return new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(OneTestClass.FAILURE))
                .findFirst()
                .map(line -> "    " + line.substring(OneTestClass.FAILURE.length()))
                .map(line -> (line.length() > MESSAGE ? line.substring(0, MESSAGE) : line) + System.lineSeparator())
                .orElse("");
    }

    private static Path log(String name) {
        return FOLDER.resolve(name + ".log");
    }

    private static boolean compile(Mutation mutation, Path overlay) throws IOException {
        Path source = overlay.resolve("source").resolve(mutation.source().getFileName());
        Files.createDirectories(source.getParent());
        Files.writeString(source, mutation.apply());
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "a JDK is needed");
        int code = compiler.run(
                null,
                null,
                null,
                "-nowarn",
                "-proc:none",
                "-parameters",
                "-cp",
                CLASSES,
                "-d",
                overlay.toString(),
                source.toString());
        return code == 0;
    }

    private static Result run(String testClass, String classPath, Path log) throws Exception {
        Files.createDirectories(FOLDER);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Duser.timezone=America/New_York",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        OneTestClass.class.getName(),
                        testClass)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(LONGEST.toMinutes(), TimeUnit.MINUTES)) {
            process.destroy();
            process.waitFor();
            return Result.HANGS;
        }
        return switch (process.exitValue()) {
            case OneTestClass.PASSED -> Result.PASSED;
            case OneTestClass.FAILED -> Result.FAILED;
            default -> Result.NO_TEST;
        };
    }
}
