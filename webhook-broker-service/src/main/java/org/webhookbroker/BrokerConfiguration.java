package org.webhookbroker;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.logging.common.LoggingFactory;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import org.webhookbroker.audit.AuditFactory;
import org.webhookbroker.auth.AuthFactory;
import org.webhookbroker.database.DatabaseFactory;
import org.webhookbroker.dispatch.DispatchFactory;
import org.webhookbroker.http.drain.BrokerServerFactory;
import org.webhookbroker.http.server.GatewayAuthFactory;
import org.webhookbroker.http.tls.TlsFactory;
import org.webhookbroker.job.RetryFactory;
import org.webhookbroker.message.IntakeFactory;
import org.webhookbroker.ops.OpsFactory;
import org.webhookbroker.ops.logs.QuietLibraries;
import org.webhookbroker.outbound.OutboundFactory;
import org.webhookbroker.pull.PullFactory;
import org.webhookbroker.quota.QuotasFactory;
import org.webhookbroker.registry.RegistryFactory;
import org.webhookbroker.retention.RetentionFactory;
import org.webhookbroker.secrets.SecretsFactory;
import org.webhookbroker.seed.SeedFactory;

/** The whole of {@code config.yml}; each block is a factory that validates itself and builds what it configures. */
public final class BrokerConfiguration extends Configuration {
    @JsonProperty
    @Valid
    @NotNull
    public DatabaseFactory database = new DatabaseFactory();

    @JsonProperty
    @Valid
    @NotNull
    public IntakeFactory intake = new IntakeFactory();

    @JsonProperty
    @Valid
    @NotNull
    public DispatchFactory dispatch = new DispatchFactory();

    @JsonProperty
    @Valid
    @NotNull
    public PullFactory pull = new PullFactory();

    @JsonProperty
    @Valid
    @NotNull
    public RetryFactory retry = new RetryFactory();

    @JsonProperty
    @Valid
    @NotNull
    public OutboundFactory outbound = new OutboundFactory();

    @JsonProperty
    @Valid
    @NotNull
    public RetentionFactory retention = new RetentionFactory();

    @JsonProperty
    @Valid
    @NotNull
    public OpsFactory ops = new OpsFactory();

    @JsonProperty
    @Valid
    @NotNull
    public RegistryFactory registry = new RegistryFactory();

    @JsonProperty
    @Valid
    @NotNull
    public AuditFactory audit = new AuditFactory();

    @JsonProperty
    @Valid
    @NotNull
    public QuotasFactory quotas = new QuotasFactory();

    @JsonProperty
    @Valid
    @NotNull
    public SeedFactory seed = new SeedFactory();

    @JsonProperty
    @Valid
    @NotNull
    public TlsFactory tls = new TlsFactory();

    @JsonProperty
    @Valid
    @NotNull
    public SecretsFactory secrets = new SecretsFactory();

    @JsonProperty
    @Valid
    @NotNull
    public GatewayAuthFactory gatewayAuth = new GatewayAuthFactory();

    @JsonProperty
    @Valid
    @NotNull
    public AuthFactory auth = new AuthFactory();

    @Valid
    @NotNull
    private BrokerServerFactory server = new BrokerServerFactory();

    private QuietLibraries logging = new QuietLibraries(super.getLoggingFactory());

    @Override
    @JsonProperty("server")
    public BrokerServerFactory getServerFactory() {
        return server;
    }

    @Override
    @JsonProperty("server")
    @JsonTypeInfo(use = JsonTypeInfo.Id.NONE)
    @JsonDeserialize(as = BrokerServerFactory.class)
    public void setServerFactory(ServerFactory factory) {
        server = (BrokerServerFactory) factory;
    }

    @Override
    @JsonProperty("logging")
    public synchronized LoggingFactory getLoggingFactory() {
        return logging;
    }

    @Override
    @JsonProperty("logging")
    public synchronized void setLoggingFactory(LoggingFactory factory) {
        logging = new QuietLibraries(factory);
    }
}
