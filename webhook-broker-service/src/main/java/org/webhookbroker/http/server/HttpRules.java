package org.webhookbroker.http.server;

import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jetty.MutableServletContextHandler;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.ContainerLifeCycle;
import org.eclipse.jetty.util.component.LifeCycle;
import org.glassfish.jersey.internal.inject.AbstractBinder;
import org.glassfish.jersey.server.ServerProperties;
import org.glassfish.jersey.server.monitoring.ApplicationEvent;
import org.glassfish.jersey.server.monitoring.ApplicationEventListener;
import org.glassfish.jersey.server.monitoring.RequestEvent;
import org.glassfish.jersey.server.monitoring.RequestEventListener;
import org.glassfish.jersey.server.spi.internal.ValueParamProvider;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.XidGenerator;

/** Installs the general rules (contract 1) for everything that the application port serves. */
public final class HttpRules {
    private static final int KIB = 1024;

    private HttpRules() {}

    /** What asks the resources beside Jersey, and then the servlets. */
    public static Handler entrance(Handler servlets) {
        DirectRequest.Entrance entrance = new DirectRequest.Entrance();
        entrance.setHandler(servlets);
        return entrance;
    }

    /** Has the resource answer its route beside Jersey. */
    public static void serve(Environment environment, DirectRequest.Resource resource) {
        environment.getApplicationContext().addBean(resource);
    }

    /**
     * Call it once, before the server starts; resources may be registered before or after. A resource class must not have a path
     * that another one's path starts with, such as {@code channel/{id}}: JAX-RS looks into one class only, and answers 404.
     *
     * @param gateway what a request must pass before it is routed
     * @param guard what it must pass once it is
     */
    public static void install(
            Configuration configuration,
            Environment environment,
            XidGenerator ids,
            Optional<? extends Handler.Singleton> gateway,
            RouteGuard guard) {
        if (configuration.getServerFactory() instanceof AbstractServerFactory server) {
            // Dropwizard's mappers answer in JSON, and the specific ones would win over ours.
            server.setRegisterDefaultExceptionMappers(false);
        }
        RoutingHandler routing = new RoutingHandler(guard);
        TextErrorHandler errors = new TextErrorHandler(ids);
        environment.getObjectMapper().registerModule(Rfc3339.jacksonModule());
        environment.jersey().register(new RoutesListener(routing, environment.getApplicationContext()));
        environment.jersey().register(new UnexpectedErrorMapper());
        environment.jersey().register(new AbsentClient());
        RequestParam requestParam = new RequestParam();
        FilterRegistration.Dynamic filter = environment.servlets().addFilter("request-param", requestParam);
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
        environment.jersey().register(new AbstractBinder() {
            @Override
            protected void configure() {
                bind(requestParam).to(ValueParamProvider.class);
            }
        });
        environment.jersey().property(ServerProperties.RESPONSE_SET_STATUS_OVER_SEND_ERROR, true);
        environment.getApplicationContext().setErrorHandler(errors);
        environment.getApplicationContext().getServletHandler().setDecodeAmbiguousURIs(true);
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) {
                if (starting instanceof Server server) {
                    server.insertHandler(new SmallBodies());
                    server.insertHandler(routing);
                    gateway.ifPresent(server::insertHandler);
                    server.insertHandler(new TransferCodings());
                    server.insertHandler(new RequestIdHandler(ids));
                    server.insertHandler(new SlowReaders());
                    server.insertHandler(new ConnectionHandler());
                    prepare(server, errors);
                }
            }
        });
    }

    private static void prepare(Server server, TextErrorHandler errors) {
        server.setErrorHandler(errors);
        for (Connector connector : server.getConnectors()) {
            if (!isAdmin(connector)) {
                configurations(connector).forEach(HttpRules::prepare);
            }
        }
    }

    /** Found as beans, because Dropwizard wraps the connection factories that hold them. */
    public static Collection<HttpConfiguration> configurations(Connector connector) {
        return connector instanceof ContainerLifeCycle container
                ? container.getContainedBeans(HttpConfiguration.class)
                : List.of();
    }

    private static void prepare(HttpConfiguration http) {
        // RoutingHandler judges paths. Jetty would refuse ids that the contract allows, and answer in HTML.
        http.setUriCompliance(UriCompliance.UNSAFE);
        // A target in absolute form counts, whatever Host says (RFC 9112, 3.2.2). No route depends on either.
        http.setHttpCompliance(http.getHttpCompliance().with("broker", HttpCompliance.Violation.MISMATCHED_AUTHORITY));
        // Otherwise Jetty spells a known content type in its own letter case; it must pass as it came.
        http.setHeaderCacheCaseSensitive(true);
        // Request id and redirect target are echoed: if they did not fit, an honest request would end as 500.
        http.setMaxResponseHeaderSize(3 * http.getRequestHeaderSize() + 8 * KIB);
    }

    /** The paths of servlets beside Jersey, such as the one of the metrics. */
    private static List<String> servletPaths(MutableServletContextHandler context) {
        return Arrays.stream(context.getServletHandler().getServletMappings())
                .flatMap(mapping -> Arrays.stream(mapping.getPathSpecs()))
                .filter(path -> path.startsWith("/") && !path.contains("*"))
                .filter(path -> path.length() > 1)
                .toList();
    }

    public static boolean isAdmin(Connector connector) {
        return "admin".equals(connector.getName());
    }

    private record RoutesListener(RoutingHandler routing, MutableServletContextHandler context)
            implements ApplicationEventListener {
        @Override
        public void onEvent(ApplicationEvent event) {
            if (event.getType() == ApplicationEvent.Type.INITIALIZATION_FINISHED) {
                routing.use(new Routes(
                        event.getResourceModel().getResources(),
                        servletPaths(context),
                        context.getBeans(DirectRequest.Resource.class)));
            }
        }

        @Override
        public @Nullable RequestEventListener onRequest(RequestEvent event) {
            return null;
        }
    }
}
