package org.webhookbroker.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.MethodCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.webhookbroker.database.embedded.EmbeddedMariaDb;

/** {@code scripts/test quick} starts and stops no process, beside the one server of all tests. */
@AnalyzeClasses(packages = "org.webhookbroker", importOptions = ImportOption.OnlyIncludeTests.class)
final class SlowTagTest {
    private static final Set<String> OUTAGES = Set.of("kill", "stop", "hang");

    @ArchTest
    static final ArchRule whatStartsOrStopsProcessesIsTagged = classes()
            .that(DescribedPredicate.describe("start or stop processes", SlowTagTest::startsOrStopsProcesses))
            .should(new ArchCondition<>("have the tag slow") {
                @Override
                public void check(JavaClass test, ConditionEvents events) {
                    boolean tagged = Stream.of(test.reflect().getAnnotationsByType(Tag.class))
                            .anyMatch(tag -> tag.value().equals("slow"));
                    events.add(new SimpleConditionEvent(test, tagged, test.getName() + ": @Tag(\"slow\")"));
                }
            });

    private static boolean startsOrStopsProcesses(JavaClass test) {
        String name = test.getSimpleName();
        return name.endsWith("IT")
                || (name.endsWith("Test")
                        && test.getMethodCallsFromSelf().stream()
                                .map(JavaMethodCall::getTarget)
                                .anyMatch(SlowTagTest::startsOrStopsAProcess));
    }

    private static boolean startsOrStopsAProcess(MethodCallTarget called) {
        return called.getOwner().isEquivalentTo(BrokerProcess.class)
                || called.getOwner().isEquivalentTo(EmbeddedMariaDb.class)
                || (called.getOwner().isEquivalentTo(MariaDbExtension.class) && OUTAGES.contains(called.getName()));
    }
}
