package org.webhookbroker.quota;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.validation.ValidationMethod;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.validation.constraints.NotNull;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Database;
import org.webhookbroker.registry.Registry;

/** The {@code quotas} block of the configuration. In each list the entry without an id is for all that have none of their own. */
public final class QuotasFactory {
    /** Of each kind, 250 bytes each. More than there may be entries of the registry, unless that was raised. */
    private static final int MOST_METERS = 100_000;

    @JsonProperty
    @NotNull
    public List<@NotNull SendQuota> keys = List.of();

    @JsonProperty
    @NotNull
    public List<@NotNull SendQuota> producers = List.of();

    @JsonProperty
    @NotNull
    public List<@NotNull SendQuota> channels = List.of();

    @JsonProperty
    @NotNull
    public List<@NotNull JobQuota> consumers = List.of();

    /** Monotonic: a refusal clock that is set back would stop intake. Tests have their own. */
    @JsonIgnore
    public LongSupplier nanoTime = System::nanoTime;

    @JsonIgnore
    @ValidationMethod(message = "quotas must not have two entries for the same id, or two without one")
    public boolean isOneForEach() {
        return differ(keys, SendQuota::id)
                && differ(producers, SendQuota::id)
                && differ(channels, SendQuota::id)
                && differ(consumers, quota -> List.of(quota.channel(), quota.id()));
    }

    private static <T> boolean differ(List<T> quotas, Function<T, Object> id) {
        Set<Object> seen = new HashSet<>();
        return quotas.stream().map(id).allMatch(seen::add);
    }

    /**
     * @param largestPayload which no quota of bytes refuses for ever
     * @param memory of intake, of which broadcasts that are held may have an eighth
     */
    public Quotas build(
            Database database, Registry registry, long largestPayload, long memory, PrometheusRegistry metrics) {
        List<Meters> kinds = Stream.of(
                        new Meters(QuotaKind.KEY, keys, largestPayload, MOST_METERS),
                        new Meters(QuotaKind.PRODUCER, producers, largestPayload, MOST_METERS),
                        new Meters(QuotaKind.CHANNEL, channels, largestPayload, MOST_METERS))
                .filter(Meters::areSet)
                .toList();
        SendQuotas send = kinds.isEmpty() ? null : new SendQuotas(kinds, nanoTime);
        JobQuotas jobs = consumers.isEmpty() ? null : new JobQuotas(database, registry, consumers, memory / 8);
        Quotas quotas = new Quotas(send, jobs, metrics);
        registry.onChange(changed -> quotas.loops().forEach(BackgroundLoop::wake));
        return quotas;
    }
}
