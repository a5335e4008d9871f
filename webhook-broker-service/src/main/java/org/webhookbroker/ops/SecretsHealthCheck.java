package org.webhookbroker.ops;

import com.codahale.metrics.health.HealthCheck;
import org.webhookbroker.registry.Registry;

/** Red while this node cannot read secrets that another one has encrypted: its jobs wait, and its producers get 503. */
final class SecretsHealthCheck extends HealthCheck {
    private final Registry registry;

    SecretsHealthCheck(Registry registry) {
        this.registry = registry;
    }

    @Override
    protected Result check() {
        long unreadable = registry.current().unreadable();
        return unreadable == 0
                ? Result.healthy()
                : Result.unhealthy(
                        "%s entries of the registry cannot be read by this node: the log says which key secrets.key lacks",
                        unreadable);
    }
}
