package org.webhookbroker.mutation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Applies one mutation at a time and runs its test, which must fail. The changed class lies in a folder of its own before the
 * others on the class path, so the work tree stays as it is. First each test must pass without a change. Ends with 1 if a change
 * was not noticed.
 */
final class MutationRun {
    private static final Path FOLDER = Path.of("target", "mutations");
    private static final String CLASSES = System.getProperty("java.class.path");

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
                        .<Callable<String>>map(test -> () -> run(test, CLASSES, test) == 0 ? "" : test)
                        .toList());
        broken.forEach(test -> System.out.println("FAILS WITHOUT A CHANGE: " + test));
        List<String> unnoticed = inParallel(
                workers,
                IntStream.range(0, chosen.size())
                        .<Callable<String>>mapToObj(i -> () -> outcome(i, chosen.get(i)))
                        .toList());
        workers.shutdown();
        System.out.printf(
                "%d changes, %d noticed, %d not; %d tests fail without one%n",
                chosen.size(), chosen.size() - unnoticed.size(), unnoticed.size(), broken.size());
        System.exit(unnoticed.isEmpty() && broken.isEmpty() ? 0 : 1);
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

    private static String outcome(int number, Mutation mutation) throws Exception {
        Path overlay = FOLDER.resolve(String.valueOf(number));
        compile(mutation, overlay);
        boolean noticed = run(mutation.testClass(), overlay + ":" + CLASSES, number + "-" + mutation.test()) == 1;
        System.out.printf(
                "%-12s %-24s %-28s %s%n",
                noticed ? "noticed" : "NOT NOTICED", mutation.file(), mutation.test(), mutation.breaks());
        return noticed ? "" : mutation.breaks();
    }

    private static void compile(Mutation mutation, Path overlay) throws IOException {
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
        if (code != 0) {
            throw new IllegalStateException("mutations.yml: does not compile: " + mutation);
        }
    }

    private static int run(String testClass, String classPath, String name) throws Exception {
        Files.createDirectories(FOLDER);
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Duser.timezone=America/New_York",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        OneTestClass.class.getName(),
                        testClass)
                .redirectErrorStream(true)
                .redirectOutput(FOLDER.resolve(name + ".log").toFile())
                .start()
                .waitFor();
    }
}
