package org.webhookbroker.http.drain;

import static java.util.Objects.requireNonNullElse;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.dropwizard.jetty.MutableServletContextHandler;
import io.dropwizard.metrics.jetty12.ee10.InstrumentedEE10Handler;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import jakarta.servlet.Servlet;
import jakarta.validation.Validator;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.http.server.HttpRules;

/** The {@code server} block of the configuration: Dropwizard's default, the only type there is, and how a node takes its leave. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NONE)
@JsonIgnoreProperties("type")
public final class BrokerServerFactory extends DefaultServerFactory {
    /** How long a node that is told to stop still serves all that comes, so that balancers notice first. */
    @JsonProperty
    @NotNull
    @MaxDuration(value = 10, unit = TimeUnit.MINUTES)
    public Duration drain = Duration.seconds(5);

    /** As Dropwizard does it, with what is answered beside Jersey between the handler that counts requests and the servlets. */
    @Override
    protected Handler createAppServlet(
            Server server,
            JerseyEnvironment jersey,
            ObjectMapper objectMapper,
            Validator validator,
            MutableServletContextHandler servlets,
            @Nullable Servlet jerseyServlet,
            MetricRegistry metrics) {
        Handler counted =
                super.createAppServlet(server, jersey, objectMapper, validator, servlets, jerseyServlet, metrics);
        if (counted instanceof Handler.Singleton replaced) {
            replaced.setHandler((Handler) null);
        }
        // Otherwise the metrics would have the name of the handler that is asked next.
        Handler.Wrapper counting = new InstrumentedEE10Handler(
                metrics,
                requireNonNullElse(getMetricPrefix(), MutableServletContextHandler.class.getName()),
                getResponseMeteredLevel());
        counting.setServer(server);
        counting.setHandler(HttpRules.entrance(servlets));
        return counting;
    }

    @Override
    protected Handler addGracefulHandler(Handler handler) {
        return new LastRequests(handler);
    }
}
