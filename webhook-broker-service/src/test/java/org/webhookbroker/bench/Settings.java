package org.webhookbroker.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How long and how much, from the environment.
 *
 * @param warmUp under load, before anything but the first seconds is measured
 * @param length of each measurement
 * @param turns of what is measured in turns with something else
 * @param work how many rows and jobs
 * @param brokers which
 * @param light whether light tools are used where they are installed
 */
record Settings(Duration warmUp, Duration length, int turns, Work work, Brokers brokers, boolean light) {
    /**
     * @param backlog jobs that wait in the largest backlog
     * @param old messages to prune under load
     * @param viewed jobs delivered while a read view is open
     * @param registered consumers of the large registry
     */
    record Work(int backlog, int old, int viewed, int registered) {}

    /**
     * @param earlier clone, folder or jar of another build, measured in turns with this one
     * @param javaOptions beside those of deploy/webhook-broker
     */
    record Brokers(Optional<Path> earlier, List<String> javaOptions) {}

    static Settings fromEnvironment() {
        return new Settings(
                Duration.ofSeconds(number("BENCH_WARMUP", 60)),
                Duration.ofSeconds(number("BENCH_SECONDS", 20)),
                number("BENCH_TURNS", 3),
                new Work(
                        number("BENCH_BACKLOG", 10_000_000),
                        number("BENCH_OLD", 200_000),
                        number("BENCH_JOBS", 1_000_000),
                        number("BENCH_CONSUMERS", 100_000)),
                new Brokers(
                        words("BENCH_EARLIER").map(Path::of).findFirst(),
                        words("JAVA_OPTS").toList()),
                words("BENCH_TOOLS").noneMatch("own"::equals));
    }

    private static Stream<String> words(String name) {
        return Stream.of(System.getenv().getOrDefault(name, "").split(" ", -1)).filter(word -> !word.isEmpty());
    }

    private static int number(String name, int otherwise) {
        int number = Integer.parseInt(System.getenv().getOrDefault(name, Integer.toString(otherwise)));
        if (number < 1) { // To h2load, a duration of 0 is one request.
            throw new IllegalArgumentException(name + " must be at least 1");
        }
        return number;
    }
}
