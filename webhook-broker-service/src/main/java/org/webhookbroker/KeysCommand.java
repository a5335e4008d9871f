package org.webhookbroker;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ConfiguredCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.logging.common.ConsoleAppenderFactory;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import java.io.PrintStream;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.webhookbroker.audit.Who;
import org.webhookbroker.auth.KeyDesk;
import org.webhookbroker.database.CommandDatabase;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.ops.logs.QuietLibraries;

/** {@code keys add|list|revoke config.yml}. Binds no port, so it may run beside a broker; on an embedded database it runs without one. */
final class KeysCommand extends ConfiguredCommand<BrokerConfiguration> {
    private final IntConsumer exit;
    private final PrintStream output;
    private final PrintStream remarks;

    /**
     * @param exit ends the process with a code that says what failed
     * @param output what was asked for and nothing else, so that scripts can read it
     */
    KeysCommand(IntConsumer exit, PrintStream output, PrintStream remarks) {
        super("keys", "Makes, lists and revokes keys of the API");
        this.exit = exit;
        this.output = output;
        this.remarks = remarks;
    }

    @Override
    public void configure(Subparser parser) {
        parser.addArgument("do").choices("add", "list", "revoke");
        super.configure(parser);
        parser.addArgument("--role").help("add: admin, operate, read, register, broadcast or consume");
        parser.addArgument("--name").help("add: what people call it");
        parser.addArgument("--channel")
                .help("add: an id of a channel, or the beginning of ids with * behind it; all unless given");
        parser.addArgument("--producer").help("add: the only producer in whose name it may broadcast");
        parser.addArgument("--ends").help("add: when it ends, such as 2027-01-31T12:00:00Z; never unless given");
        parser.addArgument("--id").help("revoke: the id that list shows");
    }

    @Override
    protected void run(
            Bootstrap<BrokerConfiguration> bootstrap, Namespace namespace, BrokerConfiguration configuration) {
        logBesideTheOutput(bootstrap, configuration);
        Map<String, String> given = new HashMap<>();
        for (String name : KeyDesk.PARAMETERS) {
            String value = namespace.getString(name);
            if (value != null) {
                given.put(name, value);
            }
        }
        Clock clock = Clock.systemUTC();
        try (CommandDatabase opened = Commands.open(configuration.database, "keys")) {
            new KeyDesk(opened.database(), new XidGenerator(clock), clock)
                    .run(given, Who.command("keys command"), output::println, remarks::println);
        }
    }

    private static void logBesideTheOutput(
            Bootstrap<BrokerConfiguration> bootstrap, BrokerConfiguration configuration) {
        if (configuration.getLoggingFactory() instanceof QuietLibraries quiet
                && quiet.configured() instanceof DefaultLoggingFactory logging) {
            logging.getAppenders().forEach(appender -> {
                if (appender instanceof ConsoleAppenderFactory<?> console) {
                    console.setTarget(ConsoleAppenderFactory.ConsoleStream.STDERR);
                }
            });
            quiet.configure(
                    bootstrap.getMetricRegistry(), bootstrap.getApplication().getName());
        }
    }

    @Override
    public void onError(Cli cli, Namespace namespace, Throwable failure) {
        cli.getStdErr().println("The command failed. " + failure.getMessage());
        exit.accept(Commands.code(failure));
    }
}
