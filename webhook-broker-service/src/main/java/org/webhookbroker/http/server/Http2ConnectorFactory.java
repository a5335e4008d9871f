package org.webhookbroker.http.server;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDataSize;
import io.dropwizard.validation.MinDataSize;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.WindowRateControl;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * A connector of type {@code h2c}: one port for HTTP/1.1 and for HTTP/2 without TLS, by prior knowledge or by upgrade. Dropwizard's
 * own connector has no settings for rates and windows, and one idle timeout for both requests and connections that are kept alive.
 * See docs/decisions/014-http2.md.
 */
@JsonTypeName("h2c")
public final class Http2ConnectorFactory extends HttpConnectorFactory {
    /** How long a request may stand still: its body does not arrive, or its answer is not read. Its head must be whole by then. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
    public Duration requestIdleTimeout = Duration.seconds(30);

    /** Connections at once; one more takes the place of one that has no whole request. */
    @JsonProperty
    @Min(1)
    @Max(1_000_000)
    public int maxConnections = 4096;

    /** Requests under way at once on one HTTP/2 connection. */
    @JsonProperty
    @Min(1)
    @Max(100_000)
    public int maxConcurrentStreams = 1024;

    /** Bytes of one request that an HTTP/2 client may send before the broker reads them. */
    @JsonProperty
    @NotNull
    @MinDataSize(value = 16, unit = DataSizeUnit.KIBIBYTES)
    @MaxDataSize(value = 64, unit = DataSizeUnit.MEBIBYTES)
    public DataSize streamWindow = DataSize.kibibytes(64);

    /** The same for all requests of a connection together: the memory that one connection can fill. */
    @JsonProperty
    @NotNull
    @MinDataSize(value = 64, unit = DataSizeUnit.KIBIBYTES)
    @MaxDataSize(value = 64, unit = DataSizeUnit.MEBIBYTES)
    public DataSize connectionWindow = DataSize.kibibytes(256);

    /** Resets of requests, pings, settings and the like in a second; an HTTP/2 connection with more of them is closed. */
    @JsonProperty
    @Min(1)
    @Max(10_000_000)
    public int maxEventsPerSecond = 10_000;

    @Override
    public Connector build(
            Server server, MetricRegistry metrics, @Nullable String name, @Nullable ThreadPool threadPool) {
        HttpConfiguration http = buildHttpConfiguration();
        http.setIdleTimeout(requestIdleTimeout.toMilliseconds());
        HTTP2CServerConnectionFactory http2 = http2(http);
        ServerConnector connector = buildConnector(
                server,
                new ScheduledExecutorScheduler(),
                buildBufferPool(),
                name,
                threadPool,
                buildHttpConnectionFactory(http),
                http2);
        connector.addBean(new ConnectionLimit(maxConnections, connector, requestIdleTimeout.toJavaDuration()));
        return connector;
    }

    private HTTP2CServerConnectionFactory http2(HttpConfiguration http) {
        HTTP2CServerConnectionFactory http2 = new BoundedHttp2(http);
        http2.setMaxConcurrentStreams(maxConcurrentStreams);
        http2.setInitialStreamRecvWindow((int) streamWindow.toBytes());
        http2.setInitialSessionRecvWindow((int) connectionWindow.toBytes());
        http2.setConnectProtocolEnabled(false);
        http2.setRateControlFactory(new WindowRateControl.Factory(maxEventsPerSecond));
        return http2;
    }
}
