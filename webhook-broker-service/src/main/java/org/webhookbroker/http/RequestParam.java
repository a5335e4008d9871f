package org.webhookbroker.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.function.Function;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.model.Parameter;
import org.glassfish.jersey.server.spi.internal.ValueParamProvider;
import org.jspecify.annotations.Nullable;

/**
 * Gives a method its {@code ContainerRequestContext} straight from Jersey. Else the dependency injection looks it up anew for each
 * request: look-ups of {@code @Context} parameters were an eighth of the samples of a broadcast's threads.
 */
final class RequestParam implements ValueParamProvider {
    @Override
    public @Nullable Function<ContainerRequest, ?> getValueProvider(Parameter parameter) {
        return parameter.getRawType() == ContainerRequestContext.class ? Function.identity() : null;
    }

    @Override
    public PriorityType getPriority() {
        return Priority.HIGH;
    }
}
