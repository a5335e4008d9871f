package org.webhookbroker.database.embedded;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;

/** Ties the embedded server to the life of the broker. */
public final class EmbeddedLifecycle implements Managed {
    private final EmbeddedMariaDb server;
    /** A start that fails before the first managed object starts stops none of them. */
    private final Thread ifStartFails;

    private EmbeddedLifecycle(EmbeddedMariaDb server) {
        this.server = server;
        this.ifStartFails = new Thread(server::close, "stop-embedded-mariadb");
    }

    public static void manage(EmbeddedMariaDb server, Environment environment) {
        EmbeddedLifecycle lifecycle = new EmbeddedLifecycle(server);
        Runtime.getRuntime().addShutdownHook(lifecycle.ifStartFails);
        environment.lifecycle().manage(lifecycle);
    }

    /** From here on the order of the managed objects holds; a hook would run beside it. */
    @Override
    public void start() {
        Runtime.getRuntime().removeShutdownHook(ifStartFails);
    }

    @Override
    public void stop() {
        server.close();
    }
}
