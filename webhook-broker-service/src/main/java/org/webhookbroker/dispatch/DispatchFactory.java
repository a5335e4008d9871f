package org.webhookbroker.dispatch;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDataSize;
import io.dropwizard.validation.MinDuration;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.RetryPolicy;
import org.webhookbroker.outbound.WebhookClient;

/** The {@code dispatch} block of the configuration. */
public final class DispatchFactory {
    /** Attempts under way at once to one consumer, on each node. */
    @JsonProperty
    @Min(1)
    @Max(10_000)
    public int maxInFlightPerConsumer = 64;

    /** Jobs of one consumer in memory, on each node; more wait in the database. */
    @JsonProperty
    @Min(1)
    @Max(100_000)
    public int laneCapacity = 512;

    /** Messages in memory for delivery, over all consumers. */
    @JsonProperty
    @NotNull
    @MinDataSize(value = 1, unit = DataSizeUnit.MEBIBYTES)
    public DataSize maxBytesInMemory = DataSize.mebibytes(64);

    /** For a whole attempt: look-up, connection, request, and the status of the answer. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
    public Duration deliveryTimeout = Duration.seconds(30);

    /** Header that carries the consumer's token. */
    @JsonProperty
    @NotBlank
    public String tokenHeader = "X-Broker-Consumer-Token";

    /** Attempts in a row that could not reach the consumer, after which its jobs wait; 0 switches this off. */
    @JsonProperty
    @Min(0)
    public int breakerThreshold = 20;

    /** Longest time between two attempts that find out whether an unreachable consumer is back. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    public Duration longestProbe = Duration.seconds(30);

    /** Silence after which a node's jobs are taken over by others. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 2, unit = TimeUnit.SECONDS)
    public Duration takeoverAfter = Duration.seconds(8);

    /** A job whose holders died this many times is dead: it may be what kills them. */
    @JsonProperty
    @Min(1)
    @Max(100)
    public int maxTakeovers = 5;

    /** How long a node that stops waits for attempts under way. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    public Duration stopTimeout = Duration.seconds(10);

    public Incarnation incarnation(Database database, String node) {
        return new Incarnation(database.vital(), node, takeoverAfter.toJavaDuration());
    }

    public Dispatcher build(
            Database database,
            Incarnation incarnation,
            XidGenerator ids,
            InstantSource clock,
            WebhookClient client,
            RetryPolicy retryPolicy,
            PrometheusRegistry metrics) {
        CallBuilder calls = new CallBuilder(
                ids, incarnation, tokenHeader, deliveryTimeout.toJavaDuration(), clock, new SigningThreads()::forBody);
        LaneLimits limits = new LaneLimits(
                maxInFlightPerConsumer,
                laneCapacity,
                breakerThreshold,
                longestProbe.toJavaDuration(),
                deliveryTimeout.toJavaDuration(),
                maxTakeovers);
        Rescuer.Takeover takeover = new Rescuer.Takeover(takeoverAfter.toJavaDuration(), maxTakeovers);
        Dispatcher.Settings settings = new Dispatcher.Settings(
                limits, new MemoryBudget(maxBytesInMemory.toBytes()), takeover, stopTimeout.toJavaDuration());
        DispatchMetrics dispatchMetrics = new DispatchMetrics(metrics);
        dispatchMetrics.register(settings.budget(), metrics);
        return new Dispatcher(
                database, incarnation, new Dispatcher.Outbound(client, calls, retryPolicy), settings, dispatchMetrics);
    }
}
