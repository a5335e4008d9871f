package org.webhookbroker;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ConfiguredCommand;
import io.dropwizard.core.setup.Bootstrap;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Optional;
import java.util.function.IntConsumer;
import net.sourceforge.argparse4j.inf.Namespace;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.audit.Who;
import org.webhookbroker.database.CommandDatabase;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.retention.PruneRun;
import org.webhookbroker.retention.Pruner;
import org.webhookbroker.retention.RetentionFactory;

/** {@code prune config.yml}: one run, then the process ends. Binds no port, so it may run beside a broker. */
final class PruneCommand extends ConfiguredCommand<BrokerConfiguration> {
    private final IntConsumer exit;
    private final PrintStream output;

    /** @param exit ends the process with a code that says what failed */
    PruneCommand(IntConsumer exit, PrintStream output) {
        super("prune", "Archives and deletes old messages whose jobs are all delivered");
        this.exit = exit;
        this.output = output;
    }

    @Override
    protected void run(
            Bootstrap<BrokerConfiguration> bootstrap, Namespace namespace, BrokerConfiguration configuration) {
        RetentionFactory retention = configuration.retention;
        if (!retention.isEnabled()) {
            output.println(RetentionFactory.HOW_TO_ENABLE);
            return;
        }
        try (CommandDatabase opened = Commands.open(configuration.database, "prune")) {
            configuration.secrets.keys().installOn(opened.database());
            Registry registry = new Registry(opened.database());
            prune(retention.pruner(
                    opened.database(),
                    registry,
                    Clock.systemUTC(),
                    new AuditTrail(opened.database()),
                    configuration.secrets.redactHeaders));
        }
    }

    private void prune(Pruner pruner) {
        Optional<PruneRun> begun = pruner.begin(Who.command("prune command"));
        if (begun.isEmpty()) {
            output.println("Another run is pruning; nothing to do here");
            return;
        }
        try (PruneRun run = begun.get()) {
            while (run.step()) {
                output.println(run);
            }
            output.println("Pruned: " + run);
        }
    }

    @Override
    public void onError(Cli cli, Namespace namespace, Throwable failure) {
        cli.getStdErr().println("Pruning failed. " + failure.getMessage());
        exit.accept(Commands.code(failure));
    }
}
