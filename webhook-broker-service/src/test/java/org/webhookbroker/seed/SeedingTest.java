package org.webhookbroker.seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.RemovedConsumerJobs;
import org.webhookbroker.outbound.CallbackCheck;
import org.webhookbroker.outbound.OutboundFactory;
import org.webhookbroker.outbound.address.OwnListeners;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.EntryUse;
import org.webhookbroker.registry.EntryValues;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.RegistryEntry;
import org.webhookbroker.registry.RegistryLimit;
import org.webhookbroker.registry.RegistrySnapshot;
import org.webhookbroker.registry.RegistryStores;
import org.webhookbroker.registry.RegistryWriter;
import org.webhookbroker.registry.Signing;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.signature.SigningSecret;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;

/** Contract 10. */
@Tag("slow")
class SeedingTest {
    private static final CallbackCheck CALLBACKS = new OutboundFactory()
            .build(Clock.systemUTC(), new OutboundFactory().tlsRules(Clock.systemUTC()), new OwnListeners())
            .callbackCheck();

    private static final String SET = """
            producers: [{id: p, name: Prod, token: pt}]
            channels: [{id: c, name: Chan, token: ct}]
            consumers: [{id: k, channel: c, callbackUrl: "http://h/k", token: kt, type: pull, maxRetries: 3, retryDelays: "1,2", unreachableFor: 60}]
            """;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Database database;

    /** One run of one node. */
    private final class Node {
        final Incarnation incarnation = new Incarnation(database, "test", Duration.ofMinutes(1));
        final Registry registry = new Registry(database);
        final RegistryStores stores = new RegistryStores(
                database,
                new RegistryWriter(
                        database,
                        registry,
                        new XidGenerator(InstantSource.system()),
                        InstantSource.system(),
                        new RegistryLimit(1000),
                        new AuditTrail(database)),
                new RemovedConsumerJobs(),
                EntryUse.none());
        final Seeding seeding;

        Node(String yaml) throws Exception {
            incarnation.begin();
            seeding = SeedFactoryTest.read(yaml).duty(database, incarnation, stores, CALLBACKS);
        }
    }

    @BeforeEach
    void setUp() {
        database = mariaDb.database();
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void tearDown() {
        logger().detachAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(SeedWriter.class);
    }

    @Test
    void whatIsNamedExistsAfterwards() throws Exception {
        assertThat(new AppStateStore(database).read().status()).isEqualTo(AppState.NOT_INITIALIZED);
        assertThat(new AppStateStore(database).read().dataHash()).isEmpty();

        run(SET);

        RegistrySnapshot registry = registry();
        assertThat(registry.producers()).singleElement().satisfies(entry -> isEntry(entry, "p", "Prod", "pt"));
        assertThat(registry.channels()).singleElement().satisfies(entry -> isEntry(entry, "c", "Chan", "ct"));
        Consumer consumer = registry.consumers().iterator().next();
        isEntry(consumer, "k", "k", "kt");
        assertThat(consumer.channel().publicId()).isEqualTo("c");
        assertThat(consumer.callbackUrl()).isEqualTo("http://h/k");
        assertThat(consumer.type().wireName()).isEqualTo("pull");
        assertThat(consumer.retries().maxText()).isEqualTo("3");
        assertThat(consumer.retries().unreachableForText()).isEqualTo("60");
        assertThat(consumer.retries().delaysText()).isEqualTo("1,2");
        assertThat(new AppStateStore(database).read().status()).isEqualTo(AppState.INITIALIZED);
        assertThat(new AppStateStore(database).read().dataHash()).hasSize(44);
    }

    @Test
    void noSeedIsInitializedToo() throws Exception {
        run("{}");
        assertThat(new AppStateStore(database).read().status()).isEqualTo(AppState.INITIALIZED);
        assertThat(registry().producers()).isEmpty();
    }

    @Test
    void withoutAChangeInTheFileChangesThroughTheApiSurvive() throws Exception {
        run(SET);
        renameProducer("renamed");
        run(SET);
        assertThat(registry().producer("p").orElseThrow().name()).isEqualTo("renamed");
    }

    /** It is no seed data, and receivers know the secret. */
    @Test
    void howAConsumerIsSignedStays() throws Exception {
        run(SET);
        String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        mariaDb.sql().execute("UPDATE consumer SET send_token = 0, signing_secrets = '" + secret + "'");
        run(SET.replace("http://h/k", "http://h/other"));
        Consumer consumer = registry().consumers().iterator().next();
        assertThat(consumer.callbackUrl()).isEqualTo("http://h/other");
        assertThat(consumer.signing()).isEqualTo(Signing.with(SigningSecret.parse(secret), false));
    }

    @Test
    void anyChangeAppliesEverythingAndDeletesNothing() throws Exception {
        run(SET);
        String hash = new AppStateStore(database).read().dataHash();
        renameProducer("renamed");

        run("producers: [{id: p, name: Prod, token: pt}, {id: p2, token: t}]");

        RegistrySnapshot registry = registry();
        assertThat(registry.producer("p").orElseThrow().name()).isEqualTo("Prod");
        assertThat(registry.producer("p2").orElseThrow().name()).isEqualTo("p2");
        assertThat(registry.channels()).hasSize(1);
        assertThat(registry.consumers()).hasSize(1);
        assertThat(new AppStateStore(database).read().dataHash()).isNotEqualTo(hash);
    }

    @Test
    void withoutATokenThereIsARandomOneThatStays() throws Exception {
        String set = """
                producers: [{id: p}]
                channels: [{id: c}]
                consumers: [{id: k, channel: c, callbackUrl: "http://h/k"}]
                """;
        run(set);
        List<String> tokens = tokens();
        assertThat(tokens)
                .doesNotHaveDuplicates()
                .allSatisfy(token -> assertThat(token).matches("[A-Za-z0-9]{22}"));

        run(set + "# not a change\n");
        run(set.replace("{id: p}", "{id: p, name: Other}"));

        assertThat(tokens()).isEqualTo(tokens);
        assertThat(registry().producer("p").orElseThrow().name()).isEqualTo("Other");
    }

    private List<String> tokens() {
        RegistrySnapshot registry = registry();
        return List.of(
                registry.producer("p").orElseThrow().token(),
                registry.channel("c").orElseThrow().token(),
                registry.consumers().iterator().next().token());
    }

    @Test
    void whatCanNotBeUsedIsIgnoredAndNamedInTheLog() throws Exception {
        new Node("{}").registry.refresh();
        run("channels: [{id: elsewhere, token: t}]");
        run("""
                producers: [{id: ""}, {name: x}, {id: p, token: "a\\tb"}, {id: good, token: t}]
                channels: [{id: c, token: t}, {id: "%s"}]
                consumers:
                - {id: k1, channel: elsewhere, callbackUrl: "http://h/"}
                - {id: k2, channel: c, callbackUrl: /relative}
                - {id: k3, channel: c}
                - {id: k4, channel: c, callbackUrl: "http://h/", type: PUSH}
                - {id: k5, channel: c, callbackUrl: "http://h/", maxRetries: 256}
                - {id: k6, channel: c, callbackUrl: "http://h/", retryDelays: soon}
                - {id: k7, callbackUrl: "http://h/"}
                - {id: good, channel: c, callbackUrl: "http://h/", token: s3cret}
                """.formatted("x".repeat(256)));

        assertThat(registry().producers()).extracting(RegistryEntry::publicId).containsExactly("good");
        assertThat(registry().consumers()).extracting(RegistryEntry::publicId).containsExactly("good");
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "Ignored seed.producers[0] with id '': `id` has 0 characters; use 1 to 255",
                        "Ignored seed.producers[1] with id '': `id` has 0 characters; use 1 to 255",
                        "Ignored seed.producers[2] with id 'p': `token` holds a control character; leave it out",
                        "Ignored seed.channels[1] with id '" + "x".repeat(256)
                                + "': `id` has 256 characters; use 1 to 255",
                        "Ignored seed.consumers[0] with id 'k1': `channel` is 'elsewhere', which is none of seed.channels;"
                                + " add it there",
                        "Ignored seed.consumers[1] with id 'k2': `callbackUrl` is no absolute URL; begin it with http:// or"
                                + " https://",
                        "Ignored seed.consumers[2] with id 'k3': `callbackUrl` has 0 characters; use 1 to 4096",
                        "Ignored seed.consumers[3] with id 'k4': `type` is 'PUSH'; use push or pull",
                        "Ignored seed.consumers[4] with id 'k5': `maxRetries` is 0 to 255, `retryDelays` up to 20 numbers"
                                + " of seconds with commas between, such as 5,30,60, `unreachableFor` a number of seconds up to"
                                + " 9999999",
                        "Ignored seed.consumers[5] with id 'k6': `maxRetries` is 0 to 255, `retryDelays` up to 20 numbers"
                                + " of seconds with commas between, such as 5,30,60, `unreachableFor` a number of seconds up to"
                                + " 9999999",
                        "Ignored seed.consumers[6] with id 'k7': `channel` is '', which is none of seed.channels;"
                                + " add it there");
    }

    @Test
    void whileOneNodeIsAtItAnotherGoesOnAndTakesOverOnlyOnceThatOneIsDead() throws Exception {
        Node first = new Node(SET);
        AppState state = new AppStateStore(database).readOrCreate();
        byte[] fingerprint = SeedFactoryTest.read(SET).fingerprint(state.salt());
        assertThat(new AppStateStore(database).claim(first.incarnation.id(), fingerprint))
                .isTrue();
        Node second = new Node(SET);

        second.seeding.runOnce();
        assertThat(second.seeding.isDone()).isFalse();
        assertThat(registry().producers()).isEmpty();
        assertThat(new AppStateStore(database).read().status()).isEqualTo(AppState.INITIALIZING);

        first.incarnation.end();
        second.seeding.runOnce();
        assertThat(second.seeding.isDone()).isTrue();
        assertThat(registry().consumers()).hasSize(1);
        assertThat(new AppStateStore(database).complete(first.incarnation.id(), new byte[32]))
                .isFalse();
        assertThat(new AppStateStore(database).read().status()).isEqualTo(AppState.INITIALIZED);
    }

    @Test
    void whatFailsIsTriedAgainByTheSameNode() throws Exception {
        Node node = new Node(SET);
        mariaDb.sql().execute("ALTER TABLE consumer RENAME TO hidden");
        try {
            assertThatThrownBy(node.seeding::runOnce).isInstanceOf(RuntimeException.class);
            assertThat(new AppStateStore(database).read().status()).isEqualTo(AppState.INITIALIZING);
        } finally {
            mariaDb.sql().execute("ALTER TABLE hidden RENAME TO consumer");
        }
        node.seeding.runOnce();
        assertThat(node.seeding.isDone()).isTrue();
        assertThat(registry().consumers()).hasSize(1);
    }

    @Test
    void manyNodesThatStartTogetherApplyItOnce() throws Exception {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            nodes.add(new Node(SET + "# node " + i + "\n"));
        }
        long before = version();
        ExecutorService executor = Executors.newFixedThreadPool(nodes.size());
        try {
            CyclicBarrier start = new CyclicBarrier(nodes.size());
            List<Future<Boolean>> running = new ArrayList<>();
            for (Node node : nodes) {
                running.add(executor.submit(() -> {
                    start.await();
                    while (!node.seeding.isDone()) {
                        node.seeding.runOnce();
                    }
                    return true;
                }));
            }
            for (Future<Boolean> each : running) {
                assertThat(each.get()).isTrue();
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(version() - before).isEqualTo(3);
        assertThat(registry().consumers()).hasSize(1);
    }

    private long version() {
        return mariaDb.sql().longOf("SELECT version FROM registry_version");
    }

    private void run(String yaml) throws Exception {
        Node node = new Node(yaml);
        node.seeding.runOnce();
        assertThat(node.seeding.isDone()).isTrue();
        node.incarnation.end();
    }

    private void renameProducer(String name) throws Exception {
        new Node("{}").stores.producers().put(new EntryValues("p", name, "pt"), UpdateCondition.none(), Auditing.PUT);
    }

    private RegistrySnapshot registry() {
        return new Registry(database).refresh();
    }

    private static void isEntry(RegistryEntry entry, String id, String name, String token) {
        assertThat(List.of(entry.publicId(), entry.name(), entry.token())).isEqualTo(List.of(id, name, token));
    }
}
