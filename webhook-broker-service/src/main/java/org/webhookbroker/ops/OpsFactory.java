package org.webhookbroker.ops;

import com.codahale.metrics.health.HealthCheckRegistry;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.instrumentation.dropwizard.DropwizardExports;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.webhookbroker.api.BrokerVersion;
import org.webhookbroker.audit.AuditReads;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.auth.KeyDesk;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.dispatch.Waiting;
import org.webhookbroker.job.DeadLetters;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.SecretRotation;

/** The {@code ops} block of the configuration: what operators see and do. */
public final class OpsFactory {
    /**
     * What ops looks at.
     *
     * @param askedAway whether a consumer has told this node to stay away for a while
     * @param waiting why this node's jobs of a consumer wait, if it is because nobody answers
     * @param stopping whether this node is about to stop
     */
    public record Watched(
            Database database,
            Registry registry,
            DeadLetters deadLetters,
            SecretRotation rotation,
            KeyDesk keys,
            AuditTrail trail,
            Incarnation incarnation,
            Predicate<Xid> askedAway,
            Function<Xid, Optional<Waiting>> waiting,
            BooleanSupplier stopping,
            List<BackgroundLoop> loops) {}

    /** It asks the database, while a scrape only shows what is known. */
    private static final String CHECK_THAT_TAKES_LONG = "database";

    private static final java.time.Duration REFRESH = java.time.Duration.ofSeconds(10);

    /** A push consumer whose jobs are due for longer while nothing happens to them turns the node unhealthy. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 30, unit = TimeUnit.SECONDS)
    public Duration longestWait = Duration.minutes(5);

    /** Consumers that get a metric series of their own, at most. */
    @JsonProperty
    @Min(0)
    @Max(100_000)
    public int labelledConsumers = 1000;

    /** Names of this machine by which the admin port may be called, besides {@code localhost} and its addresses. */
    @JsonProperty
    @NotNull
    public List<@NotNull String> adminHosts = List.of();

    /** @param userAgent what the broker calls itself when it calls consumers */
    public void guardAdminPort(Environment environment, String userAgent) {
        environment
                .admin()
                .addFilter("admin-guard", new AdminGuard(userAgent, adminHosts))
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
    }

    /** Adds tasks, health checks, the two metrics endpoints and the loop that feeds them, which it returns. */
    public BackgroundLoop register(Environment environment, Watched broker, PrometheusRegistry metrics) {
        GaugeRefresh refresh =
                new GaugeRefresh(broker.database(), broker.registry(), broker.askedAway(), System::nanoTime);
        UndoGauges undo = new UndoGauges(broker.database(), REFRESH, System::nanoTime);
        undo.register(metrics);
        SharedReads reads = new SharedReads(() -> {
            boolean more = refresh.runOnce();
            undo.read();
            return more;
        });
        BackgroundLoop refreshing = new BackgroundLoop("gauges", REFRESH, reads);
        environment.lifecycle().manage(refreshing);
        AtomicLong unaccounted = new AtomicLong(-1);
        new BrokerGauges(refresh::backlogs, labelledConsumers).register(metrics, unaccounted);
        registerMetrics(environment, metrics, new FreshGaugesFilter(reads, refreshing));
        registerHealthChecks(environment, broker, refreshing, refresh);
        environment
                .admin()
                .addServlet("ready", new ReadyServlet(broker.stopping(), broker.loops()))
                .addMapping(ReadyServlet.PATH);
        registerTasks(environment, broker, unaccounted);
        return refreshing;
    }

    private static void registerMetrics(Environment environment, PrometheusRegistry metrics, FreshGaugesFilter fresh) {
        JvmMetrics.builder().register(metrics);
        Info.builder()
                .name("webhook_broker_build_info")
                .help("The version of the broker that this node runs")
                .labelNames("version", "revision")
                .register(metrics)
                .setLabelValues(BrokerVersion.CURRENT, BrokerVersion.REVISION);
        HealthCheckRegistry checks = environment.healthChecks();
        GaugeWithCallback.builder()
                .name("webhook_broker_healthy")
                .help("1 if the health check is green, 0 if it is red")
                .labelNames("check")
                .callback(gauge -> checks.getNames().stream()
                        .filter(name -> !name.equals(CHECK_THAT_TAKES_LONG))
                        .forEach(name -> gauge.call(checks.runHealthCheck(name).isHealthy() ? 1 : 0, name)))
                .register(metrics);
        DropwizardExports.builder()
                .dropwizardRegistry(environment.metrics())
                // The JVM's own metrics are there already, under better names.
                .metricFilter((name, metric) -> !name.startsWith("jvm."))
                .invalidMetricHandler((name, failure) -> true)
                .register(metrics);
        environment
                .servlets()
                .addFilter("readable-query", new ReadableQueryFilter())
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/metrics");
        // The contract's path; on the admin port /metrics is Dropwizard's own JSON.
        environment
                .servlets()
                .addServlet("prometheus", new PrometheusMetricsServlet(metrics))
                .addMapping("/metrics");
        environment
                .servlets()
                .addFilter("fresh-gauges", fresh)
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/metrics");
        environment
                .admin()
                .addFilter("fresh-gauges", fresh)
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/prometheus");
        environment
                .admin()
                .addServlet("prometheus", new PrometheusMetricsServlet(metrics))
                .addMapping("/prometheus");
    }

    private void registerHealthChecks(
            Environment environment, Watched broker, BackgroundLoop refreshing, GaugeRefresh refresh) {
        broker.loops().forEach(loop -> register(environment, loop));
        register(environment, refreshing);
        environment.healthChecks().register("secrets", new SecretsHealthCheck(broker.registry()));
        environment
                .healthChecks()
                .register(
                        "oldest-due-job", new OldestDueJobHealthCheck(refresh::backlogs, longestWait.toJavaDuration()));
    }

    private static void register(Environment environment, BackgroundLoop loop) {
        environment.healthChecks().register("loop-" + loop.name(), new LoopHealthCheck(loop));
    }

    private static void registerTasks(Environment environment, Watched broker, AtomicLong unaccounted) {
        environment
                .admin()
                .addFilter("task-output", new TaskOutputFilter(broker.trail()))
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/tasks/*");
        environment
                .admin()
                .addServlet("audit", new AuditServlet(new AuditReads(broker.database())))
                .addMapping(AuditServlet.PATH);
        Targets targets = new Targets(broker.registry());
        Accounting accounting = new Accounting(broker.database(), broker.registry());
        List.of(
                        new RequeueTask(targets, broker.deadLetters()),
                        new DeadLetterReplayTask(targets, broker.deadLetters(), Pace::await),
                        new RotateSecretTask(targets, broker.rotation()),
                        new KeysTask(broker.keys()),
                        new AccountingTask(accounting, unaccounted),
                        new WhyTask(broker.database(), targets, broker.incarnation(), broker.waiting()),
                        new IncarnationsTask(broker.database()),
                        new ReencryptTask(broker.database()))
                .forEach(environment.admin()::addTask);
    }
}
