package org.webhookbroker.http.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import org.webhookbroker.audit.Who;
import org.webhookbroker.auth.Actor;

/** Who a request is from, for the record of what it changes. */
public final class Asker {
    private Asker() {}

    public static Who of(ContainerRequestContext request) {
        return request.getProperty(RequestParam.ITSELF) instanceof HttpServletRequest itself
                ? Actor.of(itself).who()
                : Who.at("unknown");
    }
}
