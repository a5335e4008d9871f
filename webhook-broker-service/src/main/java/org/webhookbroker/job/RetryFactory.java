package org.webhookbroker.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** The {@code retry} block of the configuration. */
public final class RetryFactory {
    /** Retries after the first attempt. */
    @JsonProperty
    @Min(0)
    @Max(255)
    public int maxRetries = 5;

    /** Before the first, second, ... retry; beyond the list the last one is multiplied. */
    @JsonProperty
    @NotEmpty
    public List<Duration> delays = List.of(Duration.seconds(5), Duration.seconds(30), Duration.seconds(60));

    /** Share of the delay that is added at most. */
    @JsonProperty
    @DecimalMin("0")
    @DecimalMax("0.1")
    public double jitter = 0.1;

    /** How long a consumer may ask us to stay away. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    public Duration longestRetryAfter = Duration.hours(1);

    /** How long a job waits, without spending an attempt, while nobody can be reached; then it is dead. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 365, unit = TimeUnit.DAYS)
    public Duration unreachableFor = Duration.hours(24);

    public RetryPolicy build(RandomGenerator random) {
        return new RetryPolicy(
                delays.stream().map(Duration::toJavaDuration).toList(),
                maxRetries,
                jitter,
                longestRetryAfter.toJavaDuration(),
                unreachableFor.toJavaDuration(),
                random);
    }
}
