package org.webhookbroker;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Configuration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import org.webhookbroker.database.DatabaseFactory;
import org.webhookbroker.dispatch.DispatchFactory;
import org.webhookbroker.http.server.GatewayAuthFactory;
import org.webhookbroker.job.RetryFactory;
import org.webhookbroker.message.IntakeFactory;
import org.webhookbroker.ops.OpsFactory;
import org.webhookbroker.outbound.OutboundFactory;
import org.webhookbroker.pull.PullFactory;
import org.webhookbroker.retention.RetentionFactory;
import org.webhookbroker.seed.SeedFactory;

/** The whole of {@code config.yml}; each block is a factory that validates itself and builds what it configures. */
public final class BrokerConfiguration extends Configuration {
    @Valid
    @NotNull
    @JsonProperty
    private DatabaseFactory database = new DatabaseFactory();

    @Valid
    @NotNull
    @JsonProperty
    private IntakeFactory intake = new IntakeFactory();

    @Valid
    @NotNull
    @JsonProperty
    private DispatchFactory dispatch = new DispatchFactory();

    @Valid
    @NotNull
    @JsonProperty
    private PullFactory pull = new PullFactory();

    @Valid
    @NotNull
    @JsonProperty
    private RetryFactory retry = new RetryFactory();

    @Valid
    @NotNull
    @JsonProperty
    private OutboundFactory outbound = new OutboundFactory();

    @Valid
    @NotNull
    @JsonProperty
    private RetentionFactory retention = new RetentionFactory();

    @Valid
    @NotNull
    @JsonProperty
    private OpsFactory ops = new OpsFactory();

    @Valid
    @NotNull
    @JsonProperty
    private SeedFactory seed = new SeedFactory();

    @Valid
    @NotNull
    @JsonProperty
    private GatewayAuthFactory gatewayAuth = new GatewayAuthFactory();

    public DatabaseFactory database() {
        return database;
    }

    public IntakeFactory intake() {
        return intake;
    }

    public DispatchFactory dispatch() {
        return dispatch;
    }

    public PullFactory pull() {
        return pull;
    }

    public RetryFactory retry() {
        return retry;
    }

    public OutboundFactory outbound() {
        return outbound;
    }

    public RetentionFactory retention() {
        return retention;
    }

    public OpsFactory ops() {
        return ops;
    }

    public SeedFactory seed() {
        return seed;
    }

    public GatewayAuthFactory gatewayAuth() {
        return gatewayAuth;
    }
}
