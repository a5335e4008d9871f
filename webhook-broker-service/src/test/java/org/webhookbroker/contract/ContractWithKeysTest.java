package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * The tests of the contract once more, with {@code auth.mode: keys} and a proxy that adds a key to each request. What fails then is
 * exactly what keys are to change.
 */
@Tag("slow")
final class ContractWithKeysTest {
    private static final List<Class<?>> CLASSES = List.of(
            RegistryContractTest.class,
            BroadcastContractTest.class,
            JobsContractTest.class,
            MessagesContractTest.class,
            MetadataContractTest.class,
            PagingContractTest.class,
            StatusContractTest.class,
            Utf8ContractTest.class,
            DeliveryContractTest.class,
            SigningContractTest.class,
            GeneralRulesContractTest.class);

    private static final String HIDDEN = "a GET does not show the token that an earlier request has set";
    private static final String STANDS = "the key stands for a token that is not sent";
    private static final String IS_KEY = "Authorization is the key, which is not passed on";
    private static final String NO_ROLE = "a resource of the test, which says no role";

    /** Class, method and the beginning of the name of what fails, and why. */
    private static final Map<String, String> CHANGED = Map.ofEntries(
            Map.entry("RegistryContractTest.idsAreExact", HIDDEN),
            Map.entry("RegistryContractTest.aConsumerMayHaveItsOwnTimeToBeUnreachable", HIDDEN),
            Map.entry("RegistryContractTest.aConsumerIsPushUnlessItSaysPull", HIDDEN),
            Map.entry("RegistryContractTest.aProducerIsCreatedShownAndListed", HIDDEN),
            Map.entry("SigningContractTest.aSecretThatTheBrokerMakesIsShownOnce", HIDDEN),
            Map.entry("SigningContractTest.withoutItNothingIsShown", HIDDEN),
            Map.entry("SigningContractTest.whoRotatesShowsBothTokens", STANDS),
            Map.entry("BroadcastContractTest.checksInOrder 4.2 (2): channel token missing", STANDS),
            Map.entry("BroadcastContractTest.checksInOrder 4.2 (4): producer token missing", STANDS),
            Map.entry("JobsContractTest.requeueAllInOrder 6.7: `requeue` missing", STANDS),
            Map.entry("MetadataContractTest.credentials", IS_KEY),
            Map.entry("MetadataContractTest.passedOn 4.4: Authorization", IS_KEY),
            Map.entry("GeneralRulesContractTest.anUnexpectedErrorTellsItsIdAndNothingElse", NO_ROLE));

    /** Takes ten seconds, and has nothing to do with keys. */
    private static final String LEFT_OUT = "ofTwoUpdatesWithOneConditionExactlyOneWins";

    @Test
    void holdsForAClientWhoseProxyAddsAKey() {
        TestExecutionSummary summary = run();
        Set<String> unexpected = new TreeSet<>();
        Set<String> changed = new TreeSet<>();
        for (TestExecutionSummary.Failure failure : summary.getFailures()) {
            String name = name(failure.getTestIdentifier());
            List<String> known =
                    CHANGED.keySet().stream().filter(name::startsWith).toList();
            changed.addAll(known);
            if (known.isEmpty()) {
                unexpected.add(name + ": " + failure.getException());
            }
        }
        assertThat(unexpected).isEmpty();
        assertThat(changed).isEqualTo(new TreeSet<>(CHANGED.keySet()));
        assertThat(summary.getTestsSucceededCount()).isGreaterThan(250);
        assertThat(summary.getTestsAbortedCount() + summary.getTestsSkippedCount())
                .isZero();
    }

    private static TestExecutionSummary run() {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(CLASSES.stream().map(DiscoverySelectors::selectClass).toArray(DiscoverySelector[]::new))
                .filters(EngineFilter.includeEngines("junit-jupiter"), (PostDiscoveryFilter)
                        test -> FilterResult.includedIf(!test.getDisplayName().startsWith(LEFT_OUT)))
                .configurationParameter(ContractBroker.KEYS, "true")
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        return listener.getSummary();
    }

    private static String name(TestIdentifier test) {
        return test.getSource()
                .map(source -> source instanceof MethodSource method
                        ? method.getClassName().replaceAll(".*\\.", "") + "." + method.getMethodName() + " "
                                + test.getDisplayName()
                        : source.toString())
                .orElseGet(test::getDisplayName);
    }
}
