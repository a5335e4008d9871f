package org.webhookbroker.mutation;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs one test class in a process of its own. */
final class OneTestClass {
    /** How the line of each failure begins. */
    static final String FAILURE = "FAILED ";

    static final int PASSED = 0;
    static final int FAILED = 1;
    /** There was nothing to run. */
    static final int NOTHING = 2;

    private OneTestClass() {}

    public static void main(String[] arguments) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        Launcher launcher = LauncherFactory.create();
        launcher.execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectClass(arguments[0]))
                        .build(),
                listener);
        TestExecutionSummary summary = listener.getSummary();
        summary.getFailures().forEach(OneTestClass::print);
        summary.printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8), 5);
        boolean ran = summary.getTestsStartedCount() > 0;
        System.exit(summary.getTotalFailureCount() > 0 ? FAILED : ran ? PASSED : NOTHING);
    }

    private static void print(TestExecutionSummary.Failure failure) {
        String name = failure.getTestIdentifier().getLegacyReportingName();
        String message = String.valueOf(failure.getException()).replaceAll("\\s+", " ");
        System.out.println(FAILURE + name + ": " + message);
    }
}
