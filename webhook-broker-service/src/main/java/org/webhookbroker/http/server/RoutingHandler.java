package org.webhookbroker.http.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Applies the contract's rules for paths and methods before Jersey applies its own. A request that passes has a route, and its path
 * is encoded anew, so that an id with a semicolon or a brace arrives whole.
 */
final class RoutingHandler extends Handler.Wrapper {
    private final RouteGuard guard;
    private volatile Routes routes = new Routes(List.of(), List.of(), List.of());

    RoutingHandler(RouteGuard guard) {
        this.guard = guard;
    }

    void use(Routes known) {
        routes = known;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (HttpRules.isAdmin(request.getConnectionMetaData().getConnector())) {
            return super.handle(request, response, callback);
        }
        String path = request.getHttpURI().getPath();
        if (path == null || !path.startsWith("/")) {
            return Answers.write(response, callback, 400, "Bad Request: the path does not start with a slash");
        }
        List<String> raw = Routes.segments(path);
        Optional<List<String>> decoded = decoded(raw);
        if (decoded.isEmpty()) {
            return Answers.write(response, callback, 400, "Bad Request: the path is not percent-encoded UTF-8");
        }
        Optional<Routes.Route> route = routes.find(request.getMethod(), decoded.get());
        if (route.isPresent()) {
            return guard.refuses(route.get(), decoded.get(), request, response, callback)
                    || super.handle(routed(request, route.get(), decoded.get()), response, callback);
        }
        return routes.corrected(request.getMethod(), raw)
                .map(corrected -> redirect(request, response, callback, corrected))
                .orElseGet(() -> refuse(request, response, callback, routes.methods(decoded.get())));
    }

    private Request routed(Request request, Routes.Route route, List<String> path) {
        Optional<DirectRequest.Resource> direct = routes.direct(route);
        direct.ifPresent(resource -> new DirectRequest.Target(resource, route, path).attachTo(request));
        return direct.isPresent() ? request : new RoutedRequest(request, encoded(path));
    }

    private static boolean redirect(Request request, Response response, Callback callback, String path) {
        String query = request.getHttpURI().getQuery();
        boolean safe = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        response.getHeaders().put(HttpHeader.LOCATION, query == null ? path : path + "?" + query);
        response.setStatus(safe ? 301 : 307);
        response.write(true, null, callback);
        return true;
    }

    private static boolean refuse(Request request, Response response, Callback callback, Set<String> methods) {
        if (methods.isEmpty()) {
            response.getHeaders().put("X-Content-Type-Options", "nosniff");
            return Answers.write(response, callback, 404, Routes.NOT_FOUND);
        }
        response.getHeaders().put(HttpHeader.ALLOW, String.join(", ", methods));
        if (request.getMethod().equals("OPTIONS")) {
            response.setStatus(200);
            response.write(true, null, callback);
            return true;
        }
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        return Answers.write(response, callback, 405, Routes.METHOD_NOT_ALLOWED);
    }

    private static Optional<List<String>> decoded(List<String> raw) {
        List<String> decoded = new ArrayList<>(raw.size());
        for (String segment : raw) {
            Optional<String> text = PercentEncoding.decode(segment, false);
            // Jetty refuses NUL, but not after a semicolon: there it would fail on the path that we make. It reads raw
            // bytes that are not UTF-8 as U+FFFD.
            if (text.isEmpty() || text.get().indexOf('\0') >= 0 || segment.indexOf('\uFFFD') >= 0) {
                return Optional.empty();
            }
            decoded.add(text.get());
        }
        return Optional.of(decoded);
    }

    private static String encoded(List<String> segments) {
        StringBuilder path = new StringBuilder();
        segments.forEach(segment -> path.append('/').append(PercentEncoding.encode(segment)));
        return path.toString();
    }
}
