package org.webhookbroker.http.tls;

import com.codahale.metrics.health.HealthCheck;
import io.dropwizard.core.setup.Environment;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.StartRefusedException;
import org.webhookbroker.http.server.ConnectionLimit;
import org.webhookbroker.http.server.HttpRules;
import org.webhookbroker.http.tls.TlsFactory.ClientAuth;
import org.webhookbroker.tls.Authorities;
import org.webhookbroker.tls.CertifiedKey;
import org.webhookbroker.tls.TlsPolicy;

/**
 * TLS of the ports. Its files are read again and again: what they hold is used for handshakes from then on, and connections stay. A
 * new context is made each time, so that no session that was begun with the files from before is resumed.
 */
public final class ServerTls implements BackgroundLoop.Duty {
    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    /** To be resumed; the JDK would keep 20480, and each may have the certificates of its client. */
    private static final int SESSIONS = 1000;

    /** The admin port's connector is one of Dropwizard, and would bound neither handshakes nor the time that they take. */
    private static final int ADMIN_CONNECTIONS = 256;

    private final TlsFactory settings;
    private final InstantSource clock;
    private final SslContextFactory.Server api = context();
    private final SslContextFactory.Server admin = context();
    private volatile TlsFactory.Files inUse;
    /** Why the files as they are now cannot be used, once that was told. */
    private volatile @Nullable String trouble;

    private @Nullable String seen;

    ServerTls(TlsFactory settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.inUse = settings.read(clock.instant());
        api.setNeedClientAuth(settings.clientAuth == ClientAuth.NEED);
        api.setWantClientAuth(settings.clientAuth == ClientAuth.WANT);
        use(inUse);
    }

    private static SslContextFactory.Server context() {
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setIncludeProtocols(TlsPolicy.PROTOCOLS.toArray(String[]::new));
        context.setIncludeCipherSuites(TlsPolicy.SUITES.toArray(String[]::new));
        context.setRenegotiationAllowed(false);
        context.setSslSessionCacheSize(SESSIONS);
        return context;
    }

    /** Puts TLS on the ports, and adds a metric and a health check. Returns the loop that looks after the files. */
    public BackgroundLoop install(Environment environment, PrometheusRegistry metrics) {
        BackgroundLoop loop = new BackgroundLoop("tls", EVERY, this);
        environment.lifecycle().manage(loop);
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) {
                if (starting instanceof Server server) {
                    for (Connector connector : server.getConnectors()) {
                        protect((ServerConnector) connector);
                    }
                }
            }
        });
        environment.healthChecks().register("tls-certificate", new CertificateHealthCheck());
        GaugeWithCallback.builder()
                .name("webhook_broker_tls_certificate_expiry_seconds")
                .help("How long the certificate of the ports is still valid; negative once it has ended")
                .callback(gauge -> gauge.call((double) left().toSeconds()))
                .register(metrics);
        GaugeWithCallback.builder()
                .name("webhook_broker_tls_files_unusable")
                .help(
                        "1 if the files of certificate and key cannot be used as they are now, so that what they held before is")
                .callback(gauge -> gauge.call(trouble == null ? 0 : 1))
                .register(metrics);
        return loop;
    }

    private void protect(ServerConnector connector) {
        if (!HttpRules.isAdmin(connector)) {
            TlsConnections.before(connector, api);
        } else if (settings.adminPort) {
            TlsConnections.before(connector, admin);
            Duration deadline = Duration.ofMillis(connector.getIdleTimeout());
            connector.addBean(new ConnectionLimit(ADMIN_CONNECTIONS, connector, deadline));
        }
    }

    @Override
    public boolean runOnce() {
        try {
            TlsFactory.Files now = settings.read(clock.instant());
            if (!now.equals(inUse)) {
                use(now);
                inUse = now;
                LOG.info("New certificate for TLS: {}", now.own());
            }
            trouble = null;
            seen = null;
        } catch (StartRefusedException unusable) {
            tell(String.valueOf(unusable.getMessage()));
        } catch (RuntimeException ofAParser) {
            // Its text may have parts of a file.
            tell("Java cannot read the files of tls: " + ofAParser.getClass().getName());
        }
        return false;
    }

    /** Certificate and key are two files, and whoever replaces them needs a moment: so once it is seen again, and only once. */
    private void tell(String why) {
        if (why.equals(seen) && !why.equals(trouble)) {
            LOG.error("{}. Until then TLS goes on with {}", why, served());
            trouble = why;
        }
        seen = why;
    }

    private void use(TlsFactory.Files files) {
        try {
            SSLContext forApi = context(files, files.clients());
            SSLContext forAdmin = context(files, Optional.empty());
            api.reload(context -> context.setSslContext(forApi));
            admin.reload(context -> context.setSslContext(forAdmin));
        } catch (Exception failure) {
            throw new IllegalStateException("Java cannot use the files of tls.certificate and tls.key", failure);
        }
    }

    private static SSLContext context(TlsFactory.Files files, Optional<Authorities> clients)
            throws GeneralSecurityException {
        TrustManager[] trusted = clients.isPresent() ? clients.get().managers() : new TrustManager[0];
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(files.own().managers(), trusted, null);
        return context;
    }

    /** What handshakes are made with. */
    CertifiedKey served() {
        return inUse.own();
    }

    private Duration left() {
        return Duration.between(clock.instant(), served().ends());
    }

    /** Green while a certificate is served that has not ended: what a load balancer asks must not depend on the next one. */
    private final class CertificateHealthCheck extends HealthCheck {
        @Override
        protected Result check() {
            Instant ends = served().ends();
            if (left().isNegative() || left().isZero()) {
                return Result.unhealthy("The certificate of tls.certificate ended at %s", ends);
            }
            String why = trouble;
            return Result.healthy("It ends at %s, in %d days%s", ends, left().toDays(), why == null ? "" : ". " + why);
        }
    }
}
