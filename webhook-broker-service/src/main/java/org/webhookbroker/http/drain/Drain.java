package org.webhookbroker.http.drain;

import io.dropwizard.core.setup.Environment;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.ShutdownThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.http.server.HttpRules;

/**
 * The first of what happens when the process is told to stop: balancers may notice while the node still serves all that comes.
 * Meanwhile each answer of HTTP/1.1 ends its connection, so that its client comes back by another one. Then the server stops, and
 * its ports close.
 */
public final class Drain extends AbstractLifeCycle {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    private final Duration length;
    private volatile List<Connector> connectors = List.of();
    private volatile boolean begun;

    private Drain(Duration length) {
        this.length = length;
    }

    /** Before the server of this environment stops by a signal, and not when a program stops it. */
    public static Drain install(Environment environment, Duration length) {
        Drain drain = new Drain(length);
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarted(LifeCycle started) {
                if (started instanceof Server server) {
                    drain.connectors = List.of(server.getConnectors());
                    LifeCycle.start(drain);
                    // Jetty stops these in their order, and the server is one of them.
                    ShutdownThread.register(0, drain);
                }
            }

            @Override
            public void lifeCycleStopped(LifeCycle stopped) {
                if (stopped instanceof Server) {
                    ShutdownThread.deregister(drain);
                }
            }
        });
        return drain;
    }

    /** From then on the node is not ready. */
    public boolean hasBegun() {
        return begun;
    }

    @Override
    protected void doStop() throws InterruptedException {
        begun = true;
        connectors.stream()
                .flatMap(connector -> HttpRules.configurations(connector).stream())
                .forEach(http -> http.setPersistentConnectionsEnabled(false));
        if (!length.isZero()) {
            LOG.info(
                    "Stopping: not ready any more, and serving for another {} ms, while balancers notice",
                    length.toMillis());
            Thread.sleep(length.toMillis());
        }
    }
}
