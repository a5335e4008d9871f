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
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.ssl.SSLContexts;
import org.jspecify.annotations.Nullable;

/** The {@code outbound} section of the configuration. */
public final class OutboundFactory {
    @NotBlank
    private String userAgent = "Webhook Message Broker";

    @Min(1)
    @Max(64)
    private int ioThreads = 2;

    @Min(1)
    @Max(1_000_000)
    private int maxInFlight = 20_000;

    @Min(1)
    @Max(65_535)
    private int maxConnectionsPerRoute = 256;

    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
    private Duration connectTimeout = Duration.seconds(10);

    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
    private Duration keepAlive = Duration.seconds(60);

    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
    private Duration connectionTimeToLive = Duration.minutes(5);

    @NotNull
    @MinDataSize(value = 1, unit = DataSizeUnit.BYTES)
    @MaxDataSize(value = 1, unit = DataSizeUnit.MEBIBYTES)
    private DataSize maxResponseBytes = DataSize.kibibytes(4);

    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
    private Duration drainTimeout = Duration.seconds(1);

    @NotNull
    private Duration shutdownGrace = Duration.seconds(1);

    @NotNull
    @Valid
    private List<Network> deniedNetworks = AddressGuard.DENIED_BY_DEFAULT;

    @NotNull
    @Valid
    private List<Network> allowedNetworks = List.of();

    private @Nullable HttpProxy httpProxy;

    private @Nullable HttpProxy httpsProxy;

    @NotNull
    private String noProxy = "";

    /** Builds and starts the client. The clock is for {@code Retry-After} dates only. */
    public WebhookClient build(Clock clock) {
        return build(clock, InetAddress::getAllByName, SSLContexts.createDefault());
    }

    WebhookClient build(Clock clock, Lookup lookup, SSLContext tls) {
        return new ClientBuilder(this, lookup, tls).build(clock);
    }

    /** The User-Agent of calls that bring none. */
    @JsonProperty
    public String getUserAgent() {
        return userAgent;
    }

    @JsonProperty
    public void setUserAgent(String userAgent) {
        this.userAgent = userAgent;
    }

    @JsonProperty
    public int getIoThreads() {
        return ioThreads;
    }

    @JsonProperty
    public void setIoThreads(int ioThreads) {
        this.ioThreads = ioThreads;
    }

    /** Calls under way at once over all consumers; those beyond end at once, without spending an attempt. */
    @JsonProperty
    public int getMaxInFlight() {
        return maxInFlight;
    }

    @JsonProperty
    public void setMaxInFlight(int maxInFlight) {
        this.maxInFlight = maxInFlight;
    }

    /** Connections to one scheme, host and port; its consumers share them, see {@link Room}. */
    @JsonProperty
    public int getMaxConnectionsPerRoute() {
        return maxConnectionsPerRoute;
    }

    @JsonProperty
    public void setMaxConnectionsPerRoute(int maxConnectionsPerRoute) {
        this.maxConnectionsPerRoute = maxConnectionsPerRoute;
    }

    /** For each address of a host, and again for TLS; the timeout of the call caps them together. */
    @JsonProperty
    public Duration getConnectTimeout() {
        return connectTimeout;
    }

    @JsonProperty
    public void setConnectTimeout(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    /** How long an unused connection is kept; a consumer's {@code Keep-Alive} header can only shorten it. */
    @JsonProperty
    public Duration getKeepAlive() {
        return keepAlive;
    }

    @JsonProperty
    public void setKeepAlive(Duration keepAlive) {
        this.keepAlive = keepAlive;
    }

    /** How old a connection may get; after it DNS and the denied networks are asked again. */
    @JsonProperty
    public Duration getConnectionTimeToLive() {
        return connectionTimeToLive;
    }

    @JsonProperty
    public void setConnectionTimeToLive(Duration connectionTimeToLive) {
        this.connectionTimeToLive = connectionTimeToLive;
    }

    /** Answers longer than this cost their connection, not the delivery. */
    @JsonProperty
    public DataSize getMaxResponseBytes() {
        return maxResponseBytes;
    }

    @JsonProperty
    public void setMaxResponseBytes(DataSize maxResponseBytes) {
        this.maxResponseBytes = maxResponseBytes;
    }

    /** How long the body of an answer may take after its status; then the status stands and the connection is closed. */
    @JsonProperty
    public Duration getDrainTimeout() {
        return drainTimeout;
    }

    @JsonProperty
    public void setDrainTimeout(Duration drainTimeout) {
        this.drainTimeout = drainTimeout;
    }

    /** How long calls in flight may still take when the client is closed. */
    @JsonProperty
    public Duration getShutdownGrace() {
        return shutdownGrace;
    }

    @JsonProperty
    public void setShutdownGrace(Duration shutdownGrace) {
        this.shutdownGrace = shutdownGrace;
    }

    /** Addresses never called; replaces the default list. */
    @JsonProperty
    public List<Network> getDeniedNetworks() {
        return deniedNetworks;
    }

    @JsonProperty
    public void setDeniedNetworks(List<Network> deniedNetworks) {
        this.deniedNetworks = deniedNetworks;
    }

    /** Exceptions from the denied networks. */
    @JsonProperty
    public List<Network> getAllowedNetworks() {
        return allowedNetworks;
    }

    @JsonProperty
    public void setAllowedNetworks(List<Network> allowedNetworks) {
        this.allowedNetworks = allowedNetworks;
    }

    /** The proxy for http callbacks; none if null. Not to be shown, for its password. */
    @Nullable
    HttpProxy getHttpProxy() {
        return httpProxy;
    }

    @JsonProperty
    void setHttpProxy(@Nullable HttpProxy httpProxy) {
        this.httpProxy = httpProxy;
    }

    /** The proxy for https callbacks; none if null. */
    @Nullable
    HttpProxy getHttpsProxy() {
        return httpsProxy;
    }

    @JsonProperty
    void setHttpsProxy(@Nullable HttpProxy httpsProxy) {
        this.httpsProxy = httpsProxy;
    }

    /** Hosts called without a proxy, see {@link NoProxy}. */
    @JsonProperty
    public String getNoProxy() {
        return noProxy;
    }

    @JsonProperty
    public void setNoProxy(String noProxy) {
        this.noProxy = noProxy;
    }
}
