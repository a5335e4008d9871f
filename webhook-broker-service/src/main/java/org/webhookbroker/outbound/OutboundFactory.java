package org.webhookbroker.outbound;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDataSize;
import io.dropwizard.validation.MinDataSize;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.net.InetAddress;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.outbound.address.AddressGuard;
import org.webhookbroker.outbound.address.AddressPolicy;
import org.webhookbroker.outbound.address.HostResolver;
import org.webhookbroker.outbound.address.Network;
import org.webhookbroker.outbound.address.OwnListeners;
import org.webhookbroker.outbound.tls.TlsProfile;
import org.webhookbroker.outbound.tls.TlsProfileFactory;
import org.webhookbroker.outbound.tls.TlsRules;

/** The {@code outbound} block of the configuration. */
public final class OutboundFactory {
    /** The User-Agent of calls that bring none. */
    @JsonProperty
    @NotBlank
    public String userAgent = "Webhook Message Broker";

    /** Threads that read and write all connections. Two got too little of the CPU beside dozens of request threads. */
    @JsonProperty
    @Min(1)
    @Max(64)
    public int ioThreads = 6;

    /** Calls under way at once over all consumers; those beyond end at once, without spending an attempt. */
    @JsonProperty
    @Min(1)
    @Max(1_000_000)
    public int maxInFlight = 20_000;

    /** Connections to one scheme, host and port; its consumers share them, see {@link ConnectionShares}. */
    @JsonProperty
    @Min(1)
    @Max(65_535)
    public int maxConnectionsPerRoute = 256;

    /** For each address of a host, and again for TLS; the timeout of the call caps them together. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
    public Duration connectTimeout = Duration.seconds(10);

    /** How long an unused connection is kept; a consumer's {@code Keep-Alive} header can only shorten it. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
    public Duration keepAlive = Duration.seconds(60);

    /** How old a connection may get; a new one asks DNS and checks the denied networks again. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
    public Duration connectionTimeToLive = Duration.minutes(5);

    /** An answer longer than this costs its connection, not the delivery. */
    @JsonProperty
    @NotNull
    @MinDataSize(value = 1, unit = DataSizeUnit.BYTES)
    @MaxDataSize(value = 1, unit = DataSizeUnit.MEBIBYTES)
    public DataSize maxResponseBytes = DataSize.kibibytes(4);

    /** How long the rest of an answer may take after its status; then the status stands and the connection is closed. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
    public Duration drainTimeout = Duration.seconds(1);

    /** Where consumers may be. */
    @JsonProperty
    @NotNull
    public AddressPolicy policy = AddressPolicy.INTERNAL;

    /** Addresses never called; replaces the default list. */
    @JsonProperty
    @NotNull
    @Valid
    public List<Network> deniedNetworks = AddressGuard.DENIED_BY_DEFAULT;

    /** Exceptions from the policy and the denied networks. */
    @JsonProperty
    @NotNull
    @Valid
    public List<Network> allowedNetworks = List.of();

    /** The proxy for http callbacks; none if null. Never written out, for its password. */
    @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
    @Nullable
    HttpProxy httpProxy;

    /** The proxy for https callbacks; none if null. Never written out, for its password. */
    @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
    @Nullable
    HttpProxy httpsProxy;

    /** Hosts called without a proxy, see {@link NoProxy}. */
    @JsonProperty
    @NotNull
    public String noProxy = "";

    /** What consumers may choose from, and the default of the others; see {@link TlsRules}. */
    @JsonProperty
    @NotNull
    @Valid
    public List<@NotNull @Valid TlsProfileFactory> tls = List.of();

    /** Refuses callbacks by http. */
    @JsonProperty
    public boolean requireHttps;

    /** Reads the files of all profiles. */
    public TlsRules tlsRules(InstantSource clock) {
        return new TlsRules(tls, requireHttps, clock);
    }

    /**
     * Builds and starts the client. The clock is for {@code Retry-After} dates only.
     *
     * @param own what the client never calls; may be told more later
     */
    public WebhookClient build(Clock clock, TlsRules rules, OwnListeners own) {
        return new ClientBuilder(this, InetAddress::getAllByName, rules, own).build(clock);
    }

    WebhookClient build(Clock clock, HostResolver.Lookup lookup, SSLContext tls) {
        return build(clock, lookup, new TlsRules(this.tls, requireHttps, clock, new TlsProfile("test", tls)));
    }

    WebhookClient build(Clock clock, HostResolver.Lookup lookup, TlsRules rules) {
        return new ClientBuilder(this, lookup, rules, new OwnListeners()).build(clock);
    }
}
