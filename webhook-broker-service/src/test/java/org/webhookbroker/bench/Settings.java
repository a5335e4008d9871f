package org.webhookbroker.bench;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long and how much, from the environment.
 *
 * @param warmUp under load, before anything but the first seconds is measured
 * @param length of each measurement
 * @param backlog jobs that wait in the larger backlog
 * @param old messages to prune under load
 * @param javaOptions of the broker, beside those of deploy/webhook-broker
 */
record Settings(Duration warmUp, Duration length, int backlog, int old, List<String> javaOptions) {
    static Settings fromEnvironment() {
        return new Settings(
                Duration.ofSeconds(number("BENCH_WARMUP", 60)),
                Duration.ofSeconds(number("BENCH_SECONDS", 20)),
                number("BENCH_BACKLOG", 1_000_000),
                number("BENCH_OLD", 5_000_000),
                Stream.of(System.getenv().getOrDefault("JAVA_OPTS", "").split(" ", -1))
                        .filter(option -> !option.isEmpty())
                        .toList());
    }

    private static int number(String name, int otherwise) {
        return Integer.parseInt(System.getenv().getOrDefault(name, Integer.toString(otherwise)));
    }
}
