package org.webhookbroker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.webhookbroker.database.StartRefusedException;

/** The layers of docs/architecture.md: imports go down only. */
@AnalyzeClasses(packages = "org.webhookbroker", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule importsGoDownOnly = Architectures.layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("root")
            .definedBy("org.webhookbroker")
            .layer("http")
            .definedBy("org.webhookbroker.http..")
            .layer("ops")
            .definedBy("org.webhookbroker.ops..")
            .layer("dispatch")
            .definedBy("org.webhookbroker.dispatch..")
            .layer("pull")
            .definedBy("org.webhookbroker.pull..")
            .layer("schedule")
            .definedBy("org.webhookbroker.schedule..")
            .layer("retention")
            .definedBy("org.webhookbroker.retention..")
            .layer("message")
            .definedBy("org.webhookbroker.message..")
            .layer("quota")
            .definedBy("org.webhookbroker.quota..")
            .layer("job")
            .definedBy("org.webhookbroker.job..")
            .layer("outbound")
            .definedBy("org.webhookbroker.outbound..")
            .layer("seed")
            .definedBy("org.webhookbroker.seed..")
            .layer("registry")
            .definedBy("org.webhookbroker.registry..")
            .layer("auth")
            .definedBy("org.webhookbroker.auth..")
            .layer("audit")
            .definedBy("org.webhookbroker.audit..")
            .layer("background")
            .definedBy("org.webhookbroker.background..")
            .layer("tls")
            .definedBy("org.webhookbroker.tls..")
            .layer("database")
            .definedBy("org.webhookbroker.database..")
            .layer("secrets")
            .definedBy("org.webhookbroker.secrets..")
            .whereLayer("secrets")
            .mayOnlyBeAccessedByLayers("root", "http", "registry")
            .whereLayer("root")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("http")
            .mayOnlyBeAccessedByLayers("root")
            .whereLayer("ops")
            .mayOnlyBeAccessedByLayers("root")
            .whereLayer("dispatch")
            .mayOnlyBeAccessedByLayers("root", "http", "ops")
            .whereLayer("pull")
            .mayOnlyBeAccessedByLayers("root", "http", "ops")
            .whereLayer("schedule")
            .mayOnlyBeAccessedByLayers("root", "http", "ops")
            .whereLayer("retention")
            .mayOnlyBeAccessedByLayers("root", "ops")
            .whereLayer("message")
            .mayOnlyBeAccessedByLayers("root", "http", "ops", "dispatch", "pull", "schedule", "retention")
            .whereLayer("quota")
            .mayOnlyBeAccessedByLayers("root", "http")
            .whereLayer("job")
            .mayOnlyBeAccessedByLayers("root", "http", "ops", "dispatch", "pull", "retention", "message", "quota")
            .whereLayer("outbound")
            .mayOnlyBeAccessedByLayers("root", "http", "ops", "dispatch", "seed")
            .whereLayer("seed")
            .mayOnlyBeAccessedByLayers("root", "http")
            .whereLayer("registry")
            .mayOnlyBeAccessedByLayers(
                    "root",
                    "http",
                    "ops",
                    "dispatch",
                    "pull",
                    "schedule",
                    "retention",
                    "message",
                    "quota",
                    "job",
                    "seed")
            .whereLayer("auth")
            .mayOnlyBeAccessedByLayers(
                    "root",
                    "http",
                    "ops",
                    "dispatch",
                    "pull",
                    "schedule",
                    "retention",
                    "message",
                    "job",
                    "seed",
                    "registry")
            .whereLayer("audit")
            .mayOnlyBeAccessedByLayers(
                    "root",
                    "http",
                    "ops",
                    "dispatch",
                    "pull",
                    "schedule",
                    "retention",
                    "message",
                    "job",
                    "seed",
                    "registry",
                    "auth")
            .whereLayer("background")
            .mayOnlyBeAccessedByLayers(
                    "root",
                    "http",
                    "ops",
                    "dispatch",
                    "pull",
                    "schedule",
                    "retention",
                    "message",
                    "quota",
                    "job",
                    "seed",
                    "registry",
                    "auth",
                    "audit");

    @ArchTest
    static final ArchRule featuresHaveNoCycles = SlicesRuleDefinition.slices()
            .matching("org.webhookbroker.(*)..")
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule httpClientStaysInOutbound = noClasses()
            .that()
            .resideOutsideOfPackage("org.webhookbroker.outbound..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.hc..");

    @ArchTest
    static final ArchRule s3ClientStaysInRetention = noClasses()
            .that()
            .resideOutsideOfPackage("org.webhookbroker.retention..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("software.amazon.awssdk..");

    @ArchTest
    static final ArchRule jaxRsStaysAtTheEdge = noClasses()
            .that()
            .resideOutsideOfPackages("org.webhookbroker.http..", "org.webhookbroker.ops..", "org.webhookbroker")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jakarta.ws.rs..");

    /** So that whoever uses the client gets no other library by it. */
    @ArchTest
    static final ArchRule theClientNeedsTheJdkAlone = classes()
            .that()
            .resideInAPackage("org.webhookbroker.client..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "org.webhookbroker.client..",
                    "org.webhookbroker.api",
                    "org.webhookbroker.signature",
                    "java..",
                    "javax.net.ssl..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule httpHasNoSql = noClasses()
            .that()
            .resideInAPackage("org.webhookbroker.http..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.jdbi..");

    @ArchTest
    static final ArchRule httpServerKnowsNoResource = noClasses()
            .that()
            .resideInAPackage("org.webhookbroker.http.server..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.webhookbroker.http");

    @ArchTest
    static final ArchRule addressesKnowNoCalls = noClasses()
            .that()
            .resideInAPackage("org.webhookbroker.outbound.address")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.webhookbroker.outbound");

    /** So that the two packages make no cycle of classes: only the side that builds knows the embedded server. */
    @ArchTest
    static final ArchRule theEmbeddedServerKnowsNoDatabase = noClasses()
            .that()
            .resideInAPackage("org.webhookbroker.database.embedded")
            .should()
            .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("org.webhookbroker.database")
                    .and(DescribedPredicate.not(JavaClass.Predicates.type(StartRefusedException.class))));
}
