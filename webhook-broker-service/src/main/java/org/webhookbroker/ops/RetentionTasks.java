package org.webhookbroker.ops;

import io.dropwizard.core.setup.Environment;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.retention.Pruner;
import org.webhookbroker.retention.Restorer;

/** The tasks that move messages to archives and back. */
public final class RetentionTasks {
    private RetentionTasks() {}

    public static void register(Environment environment, Registry registry, Pruner pruner, Restorer restorer) {
        environment.admin().addTask(new PruneTask(pruner));
        environment.admin().addTask(new RestoreTask(new Targets(registry), restorer, Pace::await));
    }
}
