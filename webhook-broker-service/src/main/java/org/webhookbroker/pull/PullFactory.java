package org.webhookbroker.pull;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDataSize;
import io.dropwizard.validation.MinDuration;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.Looping;
import org.webhookbroker.database.Database;
import org.webhookbroker.job.RetryPolicy;
import org.webhookbroker.registry.Registry;

/** The {@code pull} block of the configuration. */
public final class PullFactory {
    private static final java.time.Duration INTERVAL = java.time.Duration.ofSeconds(1);
    /** Contract 5.6: what the end of an exchange takes beyond its timeout. */
    private static final java.time.Duration STOP = java.time.Duration.ofMillis(250);

    /** How much later than announced a lease ends and a job dies, so that consumers that are in time are never late. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    public Duration rationalDelay = Duration.seconds(2);

    /** Payloads and headers of the jobs of one answer; a single job may be larger. */
    @JsonProperty
    @NotNull
    @MinDataSize(value = 1, unit = DataSizeUnit.KIBIBYTES)
    public DataSize largestAnswer = DataSize.mebibytes(4);

    /** Memory for all answers that are being read and written; an answer takes three times its jobs. */
    @JsonProperty
    @NotNull
    @MinDataSize(value = 64, unit = DataSizeUnit.MEBIBYTES)
    public DataSize maxBytesInMemory = DataSize.mebibytes(64);

    /** Requests that may wait for jobs at once. */
    @JsonProperty
    @Min(0)
    @Max(100_000)
    public int maxWaiting = 1000;

    /** How long a request may wait for jobs; below the requestIdleTimeout of the API. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.HOURS)
    public Duration longestWait = Duration.seconds(20);

    /** What pull consumers use. */
    public record Pull(
            PullQueue queue,
            PullTransitions transitions,
            PullLeases leases,
            PullWaiters waiters,
            java.time.Duration longestWait,
            List<BackgroundLoop> loops)
            implements Looping {}

    /** @param deliveryTimeout the base of every lease that a client takes by the id of a job */
    public Pull build(
            Database database,
            Registry registry,
            Incarnation incarnation,
            RetryPolicy retryPolicy,
            java.time.Duration deliveryTimeout,
            PrometheusRegistry prometheus) {
        java.time.Duration rational = rationalDelay.toJavaDuration();
        PullDeadlines deadlines = new PullDeadlines(deliveryTimeout.plus(STOP).plus(rational), rational, retryPolicy);
        AnswerMemory memory = new AnswerMemory(largestAnswer.toBytes(), maxBytesInMemory.toBytes());
        PullMetrics metrics = new PullMetrics(prometheus);
        PullMarks marks = new PullMarks();
        PullWaiters waiters = new PullWaiters(maxWaiting, marks);
        PullExpiry expiry = new PullExpiry(database, registry, incarnation, deadlines, metrics, waiters);
        return new Pull(
                new PullQueue(database, registry, incarnation, memory, metrics, marks),
                new PullTransitions(database, registry, incarnation, deadlines, metrics),
                new PullLeases(database, incarnation, deadlines, metrics, waiters),
                waiters,
                longestWait.toJavaDuration(),
                List.of(
                        new BackgroundLoop("pull-expiry", INTERVAL, expiry),
                        new BackgroundLoop("pull-wait", INTERVAL, waiters)));
    }
}
