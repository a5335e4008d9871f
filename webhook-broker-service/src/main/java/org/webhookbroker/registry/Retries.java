package org.webhookbroker.registry;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How one consumer's failed jobs are retried, where it differs from the configuration.
 *
 * @param max retries after the first attempt, 0 to 255
 * @param delays before the first retry, the second and so on, whole seconds; empty for those of the configuration
 */
public record Retries(OptionalInt max, List<Duration> delays) {
    public static final Retries AS_CONFIGURED = new Retries(OptionalInt.empty(), List.of());

    private static final Pattern MAX = Pattern.compile("25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9]");
    /** Up to 20 delays of up to 9,999,999 seconds, about four months. */
    private static final Pattern DELAYS = Pattern.compile("[0-9]{1,7}(,[0-9]{1,7}){0,19}");

    /** Empty texts mean those of the configuration; empty when a text is malformed. */
    public static Optional<Retries> parse(String max, String delays) {
        boolean wellFormed = (max.isEmpty() || MAX.matcher(max).matches())
                && (delays.isEmpty() || DELAYS.matcher(delays).matches());
        return wellFormed ? Optional.of(of(max, delays)) : Optional.empty();
    }

    private static Retries of(String max, String delays) {
        List<Duration> parsed = delays.isEmpty()
                ? List.of()
                : Arrays.stream(delays.split(",", -1))
                        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                        .toList();
        return new Retries(max.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(max)), parsed);
    }

    /** As {@link #parse} reads it. */
    public String maxText() {
        return max.isPresent() ? Integer.toString(max.getAsInt()) : "";
    }

    /** As {@link #parse} reads it. */
    public String delaysText() {
        return delays.stream().map(delay -> Long.toString(delay.toSeconds())).collect(Collectors.joining(","));
    }
}
