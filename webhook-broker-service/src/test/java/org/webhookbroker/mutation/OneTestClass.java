package org.webhookbroker.mutation;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Runs one test class in a process of its own. Exit codes: 0 all passed, 1 some failed, 2 there was nothing to run. */
final class OneTestClass {
    private OneTestClass() {}

    public static void main(String[] arguments) {
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        Launcher launcher = LauncherFactory.create();
        launcher.execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectClass(arguments[0]))
                        .build(),
                summary);
        summary.getSummary().printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8), 5);
        boolean failed = summary.getSummary().getTotalFailureCount() > 0;
        boolean ran = summary.getSummary().getTestsStartedCount() > 0;
        System.exit(failed ? 1 : ran ? 0 : 2);
    }
}
