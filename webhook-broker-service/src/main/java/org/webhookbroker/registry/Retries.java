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
 * @param unreachableFor how long a job waits while nobody can be reached, whole seconds
 */
public record Retries(OptionalInt max, List<Duration> delays, Optional<Duration> unreachableFor) {
    public static final Retries AS_CONFIGURED = new Retries(OptionalInt.empty(), List.of(), Optional.empty());

    /** How users write them, for whoever refuses a text. */
    public static final String RULE =
            "`maxRetries` is 0 to 255, `retryDelays` up to 20 numbers of seconds with commas between,"
                    + " such as 5,30,60, `unreachableFor` a number of seconds up to 9999999";

    private static final Pattern MAX = Pattern.compile("25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9]");
    /** Up to 20 delays of up to 9,999,999 seconds, about four months. */
    private static final Pattern DELAYS = Pattern.compile("[0-9]{1,7}(,[0-9]{1,7}){0,19}");

    private static final Pattern UNREACHABLE_FOR = Pattern.compile("[0-9]{1,7}");

    /** Empty texts mean those of the configuration; empty when a text is malformed. */
    public static Optional<Retries> parse(String max, String delays, String unreachableFor) {
        boolean wellFormed =
                isEmptyOr(MAX, max) && isEmptyOr(DELAYS, delays) && isEmptyOr(UNREACHABLE_FOR, unreachableFor);
        return wellFormed ? Optional.of(of(max, delays, unreachableFor)) : Optional.empty();
    }

    private static boolean isEmptyOr(Pattern pattern, String text) {
        return text.isEmpty() || pattern.matcher(text).matches();
    }

    private static Retries of(String max, String delays, String unreachableFor) {
        List<Duration> parsed = delays.isEmpty()
                ? List.of()
                : Arrays.stream(delays.split(",", -1)).map(Retries::seconds).toList();
        return new Retries(
                max.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(max)),
                parsed,
                unreachableFor.isEmpty() ? Optional.empty() : Optional.of(seconds(unreachableFor)));
    }

    private static Duration seconds(String text) {
        return Duration.ofSeconds(Long.parseLong(text));
    }

    /** As {@link #parse} reads it. */
    public String maxText() {
        return max.isPresent() ? Integer.toString(max.getAsInt()) : "";
    }

    /** As {@link #parse} reads it. */
    public String delaysText() {
        return delays.stream().map(delay -> Long.toString(delay.toSeconds())).collect(Collectors.joining(","));
    }

    /** As {@link #parse} reads it. */
    public String unreachableForText() {
        return unreachableFor.map(time -> Long.toString(time.toSeconds())).orElse("");
    }
}
