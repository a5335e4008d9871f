package org.webhookbroker.http.server;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.glassfish.jersey.server.model.Resource;
import org.glassfish.jersey.server.model.ResourceMethod;
import org.jspecify.annotations.Nullable;

/**
 * The paths that the JAX-RS resources have, and the methods of each. It tells what Jersey cannot: the methods of a path, and the
 * correct form of a path with other letter case or stray slashes. Immutable.
 */
public final class Routes {
    static final String NOT_FOUND = "404 page not found\n";
    static final String METHOD_NOT_ALLOWED = "Method Not Allowed\n";

    private static final Pattern ENCODED_SLASH = Pattern.compile("%2f", Pattern.CASE_INSENSITIVE);

    /**
     * One method of one path.
     *
     * @param handler what answers it; empty for a servlet
     */
    public record Route(String method, List<String> template, Optional<Method> handler) {
        /** What stands in the place of {@code {name}} in a path that matches. */
        public Optional<String> parameter(String name, List<String> path) {
            int place = template.indexOf("{" + name + "}");
            return place < 0 ? Optional.empty() : Optional.of(path.get(place));
        }

        boolean matches(List<String> path, boolean anyCase) {
            if (path.size() != template.size()) {
                return false;
            }
            for (int i = 0; i < path.size(); i++) {
                String fixed = template.get(i);
                String segment = path.get(i);
                boolean same = isParameter(fixed)
                        ? !segment.isEmpty()
                                && segment.indexOf('/') < 0
                                && !(anyCase && ENCODED_SLASH.matcher(segment).find())
                        : anyCase ? fixed.equalsIgnoreCase(segment) : fixed.equals(segment);
                if (!same) {
                    return false;
                }
            }
            return true;
        }

        boolean isBelow(List<String> start) {
            if (template.size() < start.size()) {
                return false;
            }
            for (int i = 0; i < start.size(); i++) {
                boolean same = isParameter(start.get(i)) || template.get(i).equals(start.get(i));
                if (!same) {
                    return false;
                }
            }
            return true;
        }

        String path(List<String> segments) {
            StringBuilder path = new StringBuilder();
            for (int i = 0; i < segments.size(); i++) {
                path.append('/').append(isParameter(template.get(i)) ? segments.get(i) : template.get(i));
            }
            return path.toString();
        }

        private static boolean isParameter(String segment) {
            return segment.startsWith("{");
        }
    }

    private final List<Route> routes = new ArrayList<>();

    private final IdentityHashMap<Route, DirectRequest.Resource> direct = new IdentityHashMap<>();

    /**
     * @param readable paths of servlets, with GET as their only method
     * @param besides resources that Jersey does not serve
     */
    Routes(List<Resource> resources, List<String> readable, Collection<DirectRequest.Resource> besides) {
        besides.forEach(this::add);
        readable.forEach(path -> routes.add(new Route("GET", segments(path), Optional.empty())));
        resources.forEach(resource -> add("", resource));
        resources.forEach(this::requireOwnPath);
    }

    /** JAX-RS takes the class with the longest path that a request's path begins with, and looks into no other. */
    private void requireOwnPath(Resource resource) {
        String path = join("", resource.getPath());
        long below = routes.stream()
                .filter(route -> !path.isEmpty() && route.isBelow(segments(path)))
                .count();
        long own = new Routes(resource).routes.size();
        if (below > own) {
            throw new IllegalStateException("The class path " + path + " hides methods of other classes: use / there");
        }
    }

    private Routes(Resource alone) {
        add("", alone);
    }

    private void add(String parent, Resource resource) {
        String path = join(parent, resource.getPath());
        for (ResourceMethod method : resource.getResourceMethods()) {
            if (method.getHttpMethod() != null && !method.getHttpMethod().equals("OPTIONS")) {
                routes.add(new Route(
                        method.getHttpMethod(),
                        segments(path),
                        Optional.ofNullable(method.getInvocable().getDefinitionMethod())));
            }
        }
        resource.getChildResources().forEach(child -> add(path, child));
    }

    private void add(DirectRequest.Resource resource) {
        int before = routes.size();
        add("", Resource.from(resource.getClass()));
        routes.subList(before, routes.size()).forEach(route -> direct.put(route, resource));
    }

    private static String join(String parent, @Nullable String own) {
        String inner = own == null ? "" : own.replaceAll("^/+|/+$", "");
        return inner.isEmpty() ? parent : parent + "/" + inner;
    }

    /** Splits a path at every slash but the first, which it drops; a trailing slash leaves an empty segment. */
    static List<String> segments(String path) {
        return List.of((path.isEmpty() ? "" : path.substring(1)).split("/", -1));
    }

    /** What answers it, if that is not Jersey. */
    Optional<DirectRequest.Resource> direct(Route route) {
        return Optional.ofNullable(direct.get(route));
    }

    Optional<Route> find(String method, List<String> path) {
        String routed = asRouted(method);
        for (Route route : routes) { // Runs for every request, where a stream costs several times as much.
            if (route.method().equals(routed) && route.matches(path, false)) {
                return Optional.of(route);
            }
        }
        return Optional.empty();
    }

    /** The methods of a path, in the order of {@code Allow}; empty if there is no such path. */
    Set<String> methods(List<String> path) {
        Set<String> methods = new TreeSet<>();
        routes.stream().filter(route -> route.matches(path, false)).forEach(route -> methods.add(route.method()));
        if (!methods.isEmpty()) {
            methods.add("OPTIONS");
        }
        return methods;
    }

    /** The path that the client may have meant, if there is one with this method. Segments stay encoded as they were sent. */
    Optional<String> corrected(String method, List<String> path) {
        List<String> clean = new ArrayList<>();
        for (String segment : path) {
            if (segment.equals("..")) {
                if (!clean.isEmpty()) {
                    clean.remove(clean.size() - 1);
                }
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                clean.add(segment);
            }
        }
        return routes.stream()
                .filter(route -> route.method().equals(asRouted(method)) && route.matches(clean, true))
                .map(route -> route.path(clean))
                .findFirst();
    }

    private static String asRouted(String method) {
        return method.equals("HEAD") ? "GET" : method;
    }
}
