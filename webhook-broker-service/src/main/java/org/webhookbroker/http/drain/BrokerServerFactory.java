package org.webhookbroker.http.drain;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Handler;

/** The {@code server} block of the configuration: Dropwizard's default, the only type there is, and how a node takes its leave. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NONE)
@JsonIgnoreProperties("type")
public final class BrokerServerFactory extends DefaultServerFactory {
    /** How long a node that is told to stop still serves all that comes, so that balancers notice first. */
    @JsonProperty
    @NotNull
    @MaxDuration(value = 10, unit = TimeUnit.MINUTES)
    public Duration drain = Duration.seconds(5);

    @Override
    protected Handler addGracefulHandler(Handler handler) {
        return new LastRequests(handler);
    }
}
