package org.webhookbroker.testing;

import io.dropwizard.core.setup.Environment;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.glassfish.jersey.server.model.Resource;
import org.glassfish.jersey.server.model.ResourceMethod;
import org.glassfish.jersey.server.monitoring.ApplicationEvent;
import org.glassfish.jersey.server.monitoring.ApplicationEventListener;
import org.glassfish.jersey.server.monitoring.RequestEvent;
import org.glassfish.jersey.server.monitoring.RequestEventListener;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.http.server.DirectRequest;

/** The routes of a broker, read from its Jersey model and its servlets. */
public final class ServedRoutes {
    /** @param template as in {@code /channel/{channelId}/consumers} */
    public record Route(String method, String template) {
        @Override
        public String toString() {
            return method + " " + template;
        }
    }

    private final List<Route> routes = new CopyOnWriteArrayList<>();
    private final Map<Route, Method> handlers = new ConcurrentHashMap<>();

    void watch(Environment environment) {
        ServletContextHandler context = environment.getApplicationContext();
        environment.jersey().register(new Listener(() -> {
            Arrays.stream(context.getServletHandler().getServletMappings())
                    .flatMap(mapping -> Arrays.stream(mapping.getPathSpecs()))
                    .filter(path -> path.length() > 1 && !path.contains("*"))
                    .forEach(path -> routes.add(new Route("GET", path)));
            context.getBeans(DirectRequest.Resource.class).forEach(beside -> add("", Resource.from(beside.getClass())));
        }));
    }

    List<Route> all() {
        return List.copyOf(routes);
    }

    /** What answers it; empty for a servlet. */
    Optional<Method> handler(Route route) {
        return Optional.ofNullable(handlers.get(route));
    }

    private void add(String parent, Resource resource) {
        String own = resource.getPath() == null ? "" : resource.getPath().replaceAll("^/+|/+$", "");
        String path = own.isEmpty() ? parent : parent + "/" + own;
        for (ResourceMethod method : resource.getResourceMethods()) {
            if (method.getHttpMethod() != null && !method.getHttpMethod().equals("OPTIONS")) {
                Route route = new Route(method.getHttpMethod(), path);
                routes.add(route);
                handlers.put(route, method.getInvocable().getDefinitionMethod());
            }
        }
        resource.getChildResources().forEach(child -> add(path, child));
    }

    private final class Listener implements ApplicationEventListener {
        private final Runnable others;

        private Listener(Runnable others) {
            this.others = others;
        }

        @Override
        public void onEvent(ApplicationEvent event) {
            if (event.getType() == ApplicationEvent.Type.INITIALIZATION_FINISHED) {
                new ArrayList<>(event.getResourceModel().getResources()).forEach(resource -> add("", resource));
                others.run();
            }
        }

        @Override
        public @Nullable RequestEventListener onRequest(RequestEvent event) {
            return null;
        }
    }
}
