package org.webhookbroker.http.access;

import java.util.List;
import java.util.Optional;
import org.webhookbroker.auth.Role;
import org.webhookbroker.http.server.Routes.Route;

/** {@link Needs} of one route. */
public record Rule(List<Role> roles, boolean orTokens, boolean ofCovered) {
    /** It names channels and consumers of all. */
    private static final Rule METRICS = new Rule(List.of(Role.READ), false, false);

    /** Empty for a route that does not say, which nobody may call. */
    public static Optional<Rule> of(Route route) {
        if (route.handler().isEmpty()) {
            return route.template().equals(List.of("metrics")) ? Optional.of(METRICS) : Optional.empty();
        }
        return route.handler()
                .map(method -> method.getAnnotation(Needs.class))
                .map(needs -> new Rule(List.of(needs.value()), needs.orTokens(), needs.ofCovered()));
    }

    boolean isForAll() {
        return roles.isEmpty();
    }
}
