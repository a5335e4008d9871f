package org.webhookbroker.testing;

import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.DropwizardTestSupport;
import java.util.stream.Stream;
import org.eclipse.jetty.server.AbstractConnector;

/**
 * Jetty gives each connection a second to rest before it stops, and the clients of a test keep theirs. A server that stops
 * with each test need not wait for that.
 */
public final class QuickStop<C extends Configuration> extends DropwizardTestSupport.ServiceListener<C> {
    private static final long REST_MILLIS = 20;

    @Override
    public void onRun(C configuration, Environment environment, DropwizardTestSupport<C> running) {
        environment
                .lifecycle()
                .addServerLifecycleListener(server -> Stream.of(server.getConnectors())
                        .forEach(connector -> ((AbstractConnector) connector).setShutdownIdleTimeout(REST_MILLIS)));
    }
}
