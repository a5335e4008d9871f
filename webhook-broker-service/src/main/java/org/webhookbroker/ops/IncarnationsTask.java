package org.webhookbroker.ops;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.webhookbroker.auth.Role;
import org.webhookbroker.database.Database;

/** Lists the nodes that run, and those whose jobs are being taken over. */
final class IncarnationsTask extends OperatorTask {
    private static final double MILLIS = 1000;

    private final Database database;
    private final NodeStore store = new NodeStore();

    IncarnationsTask(Database database) {
        super("incarnations");
        this.database = database;
    }

    @Override
    Role role() {
        return Role.OPERATE;
    }

    @Override
    void run(Parameters parameters, PrintWriter output) {
        List<NodeStore.Node> nodes = database.withHandle(store::nodes);
        for (NodeStore.Node node : nodes) {
            output.printf(
                    Locale.ROOT,
                    "%d %s: started %s, last heartbeat %.1f s ago%s%n",
                    node.incarnation(),
                    node.name(),
                    node.startedAt(),
                    node.silence().toMillis() / MILLIS,
                    node.ended() ? ", ended, its jobs are being taken over" : "");
        }
        long running = nodes.stream().filter(node -> !node.ended()).count();
        output.println(running + " running");
    }
}
