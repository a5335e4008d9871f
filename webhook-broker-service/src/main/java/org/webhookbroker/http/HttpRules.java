package org.webhookbroker.http;

import io.dropwizard.core.setup.Environment;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.glassfish.jersey.server.ServerProperties;
import org.glassfish.jersey.server.monitoring.ApplicationEvent;
import org.glassfish.jersey.server.monitoring.ApplicationEventListener;
import org.glassfish.jersey.server.monitoring.RequestEvent;
import org.glassfish.jersey.server.monitoring.RequestEventListener;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.XidGenerator;

/** Installs the general rules of the contract (section 1) for everything that the application port serves. */
public final class HttpRules {
    private static final int KIB = 1024;

    private HttpRules() {}

    /** To be called once, before the server starts; resources may be registered before or after. */
    public static void install(Environment environment, XidGenerator ids) {
        RoutingHandler routing = new RoutingHandler();
        TextErrorHandler errors = new TextErrorHandler(ids);
        environment.getObjectMapper().registerModule(Rfc3339.jacksonModule());
        environment.jersey().register(new RoutesListener(routing));
        environment.jersey().register(new UnexpectedErrorMapper());
        environment.jersey().register(new NewlineAfterJson());
        environment.jersey().property(ServerProperties.RESPONSE_SET_STATUS_OVER_SEND_ERROR, true);
        environment.getApplicationContext().setErrorHandler(errors);
        environment.getApplicationContext().getServletHandler().setDecodeAmbiguousURIs(true);
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) {
                if (starting instanceof Server server) {
                    prepare(server, ids, routing, errors);
                }
            }
        });
    }

    private static void prepare(Server server, XidGenerator ids, RoutingHandler routing, TextErrorHandler errors) {
        server.setErrorHandler(errors);
        server.insertHandler(routing);
        server.insertHandler(new RequestIdHandler(ids));
        for (Connector connector : server.getConnectors()) {
            if (!isAdmin(connector)) {
                connector.getConnectionFactories().stream()
                        .filter(HttpConfiguration.ConnectionFactory.class::isInstance)
                        .map(HttpConfiguration.ConnectionFactory.class::cast)
                        .forEach(factory -> prepare(factory.getHttpConfiguration()));
            }
        }
    }

    private static void prepare(HttpConfiguration http) {
        // RoutingHandler judges paths itself; Jetty would refuse ids that the contract allows, and refuse them as HTML.
        http.setUriCompliance(UriCompliance.UNSAFE);
        // Request id and redirect target are echoed: what came in must fit going out, else an honest request ends as
        // 500.
        http.setMaxResponseHeaderSize(3 * http.getRequestHeaderSize() + 8 * KIB);
    }

    static boolean isAdmin(Connector connector) {
        return "admin".equals(connector.getName());
    }

    private record RoutesListener(RoutingHandler routing) implements ApplicationEventListener {
        @Override
        public void onEvent(ApplicationEvent event) {
            if (event.getType() == ApplicationEvent.Type.INITIALIZATION_FINISHED) {
                routing.use(new Routes(event.getResourceModel().getResources()));
            }
        }

        @Override
        public @Nullable RequestEventListener onRequest(RequestEvent event) {
            return null;
        }
    }
}
