package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.outbound.tls.TlsProfileFactory;
import org.webhookbroker.outbound.tls.TlsRules;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.TestAuthority;
import org.webhookbroker.testing.TestAuthority.Issued;

/** Consumers of one host and port with different profiles: each is called by its own certificate, and believed by its own authorities. */
class TlsProfilesTest {
    @TempDir
    Path folder;

    private final TestAuthority authority = TestAuthority.named("consumers");
    private final TestAuthority clients = TestAuthority.named("clients");
    private final List<TlsProfileFactory> profiles = new ArrayList<>();
    private final OutboundFactory factory = new OutboundFactory();
    private TlsRules rules;

    @ParameterizedTest
    @CsvSource({"true, false", "false, false", "true, true", "false, true"})
    void eachCallGoesByTheCertificateOfItsProfile(boolean http2, boolean proxied) throws Exception {
        List<String> names = List.of("bank", "shop", "");
        profile("bank", authority, clients.issue("bank.test"));
        profile("shop", authority, clients.issue("shop.test"));
        profile("default", authority, null);
        try (ConsumerServer proxy = ConsumerServer.start().otherwise(Behavior.proxy());
                IdentifyingConsumer consumer = consumer(http2, tls -> {});
                WebhookClient client = client(proxied ? "127.0.0.1:" + proxy.port() : "")) {
            for (int round = 0; round < 20; round++) {
                List<CompletableFuture<Outcome>> calls = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    names.forEach(name -> calls.add(client.send(call(consumer, name))));
                }
                calls.forEach(call -> assertThat(Clients.await(call)).isEqualTo(new Outcome.Delivered(200)));
            }
            assertThat(consumer.received()).hasSize(600).allSatisfy(request -> {
                assertThat(request.protocol()).isEqualTo(http2 ? "HTTP/2.0" : "HTTP/1.1");
                assertThat(request.client())
                        .isEqualTo(request.call().isEmpty() ? "" : "CN=" + request.call() + ".test");
            });
            assertThat(consumer.connections()).as("kept connections").isBetween(3, 90);
            assertThat(proxy.requests().isEmpty()).isEqualTo(!proxied);
        }
    }

    /** What TLS remembers of one connection must not stand for the certificate of another. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void noSessionIsResumedByAnotherProfile(String version) throws Exception {
        profile("bank", authority, clients.issue("bank.test"));
        profile("shop", authority, clients.issue("shop.test"));
        factory.keepAlive = io.dropwizard.util.Duration.milliseconds(1);
        try (IdentifyingConsumer consumer = consumer(false, tls -> tls.setIncludeProtocols(version));
                WebhookClient client = client("")) {
            for (int i = 0; i < 10; i++) {
                send(client, consumer, "bank");
                send(client, consumer, "shop");
            }
            assertThat(consumer.connections()).isGreaterThan(2);
            assertThat(consumer.received())
                    .hasSize(20)
                    .allSatisfy(request -> assertThat(request.client()).isEqualTo("CN=" + request.call() + ".test"));
        }
    }

    /** Also while a connection rests that the other profile has made. */
    @Test
    void eachProfileHasAuthoritiesOfItsOwnInPlaceOfThoseOfTheJdk() throws Exception {
        profile("own", authority, null);
        profile("other", TestAuthority.named("others"), null);
        try (IdentifyingConsumer consumer = consumer(true, tls -> {});
                WebhookClient client = client("")) {
            assertThat(send(client, consumer, "own")).isEqualTo(new Outcome.Delivered(200));
            for (String name : List.of("other", "", "default")) {
                Outcome outcome = send(client, consumer, name);
                assertThat(outcome)
                        .isEqualTo(new Outcome.Unreachable(
                                "tls", Reach.SOMEBODY, false, "The certificate of the consumer is not trusted"));
            }
            assertThat(send(client, consumer, "own")).isEqualTo(new Outcome.Delivered(200));
            assertThat(consumer.received()).hasSize(2);
            assertThat(consumer.connections()).isEqualTo(1);
        }
    }

    @Test
    void aProfileThatIsNotThereHasNoSubstitute() throws Exception {
        profile("default", authority, null);
        try (IdentifyingConsumer consumer = consumer(true, tls -> {});
                WebhookClient client = client("")) {
            assertThat(send(client, consumer, "gone"))
                    .isEqualTo(new Outcome.Unreachable(
                            "tls-profile",
                            Reach.NOBODY,
                            false,
                            "The configuration of this node has no TLS profile gone"));
            assertThat(send(client, consumer, "Default").reason()).isEqualTo("tls-profile");
            assertThat(consumer.openConnections()).isZero();
            assertThat(client.inFlight()).isZero();
            assertThat(send(client, consumer, "")).isEqualTo(new Outcome.Delivered(200));
            assertThat(send(client, consumer, "default")).isEqualTo(new Outcome.Delivered(200));
        }
    }

    /** A kept connection was made by the old ones. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void newFilesAreUsedForTheNextCall(boolean http2) throws Exception {
        profile("bank", authority, clients.issue("old.test"));
        try (IdentifyingConsumer consumer = consumer(http2, tls -> {});
                WebhookClient client = client("")) {
            send(client, consumer, "bank");
            rules.look();
            send(client, consumer, "bank");
            assertThat(consumer.connections()).as("nothing has changed").isEqualTo(1);

            write("bank", clients.issue("new.test"));
            rules.look();
            send(client, consumer, "bank");
            assertThat(consumer.received().stream().map(IdentifyingConsumer.Received::client))
                    .containsExactly("CN=old.test", "CN=old.test", "CN=new.test");

            Files.writeString(
                    folder.resolve("bank-ca.pem"), TestAuthority.named("others").pem());
            rules.look();
            assertThat(send(client, consumer, "bank").reason()).isEqualTo("tls");
        }
    }

    @Test
    void filesThatCannotBeUsedChangeNothing() throws Exception {
        profile("bank", authority, clients.issue("old.test"));
        try (IdentifyingConsumer consumer = consumer(true, tls -> {});
                WebhookClient client = client("")) {
            for (String broken : List.of(
                    "",
                    "-----BEGIN CERTIFICATE-----\nAAAA",
                    clients.issue("new.test").pem())) {
                Files.writeString(folder.resolve("bank.pem"), broken);
                rules.look();
                assertThat(send(client, consumer, "bank")).isEqualTo(new Outcome.Delivered(200));
            }
            Files.delete(folder.resolve("bank-ca.pem"));
            rules.look();
            assertThat(send(client, consumer, "bank")).isEqualTo(new Outcome.Delivered(200));
            assertThat(consumer.received())
                    .hasSize(4)
                    .allSatisfy(request -> assertThat(request.client()).isEqualTo("CN=old.test"));
        }
    }

    /** The share of a host is one over all profiles, and so are all calls. */
    @Test
    void limitsHoldOverAllProfiles() throws Exception {
        profile("a", authority, null);
        profile("b", authority, null);
        factory.maxConnectionsPerRoute = 4;
        try (ConsumerServer hanging = ConsumerServer.start();
                WebhookClient client = client("")) {
            hanging.onConnect((request, connection) -> connection.waitForEnd());
            String url = hanging.url("/").replace("http:", "https:");
            assertThat(client.hasRoom(url, 0)).isTrue();
            for (int i = 0; i < 4; i++) {
                CompletableFuture<Outcome> unused = client.send(call(url, i % 2 == 0 ? "a" : "b"));
            }
            assertThat(client.hasRoom(url, 0)).isFalse();
            assertThat(client.inFlight()).isEqualTo(4);
        }
    }

    @Test
    void restingConnectionsOfAllProfilesAreCountedTogether() throws Exception {
        profile("a", authority, null);
        profile("b", authority, null);
        factory.maxInFlight = 3;
        try (IdentifyingConsumer consumer = consumer(false, tls -> {});
                WebhookClient client = client("")) {
            for (int round = 0; round < 4; round++) {
                for (String name : List.of("a", "b")) {
                    List<CompletableFuture<Outcome>> calls = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        calls.add(client.send(call(consumer, name)));
                    }
                    calls.forEach(
                            call -> assertThat(Clients.await(call).delivered()).isTrue());
                }
            }
            await().until(() -> consumer.openConnections() <= 3);
        }
    }

    private void profile(String name, TestAuthority trusted, Issued identity) throws IOException {
        TlsProfileFactory profile = new TlsProfileFactory();
        profile.name = name;
        profile.caBundle = Files.writeString(folder.resolve(name + "-ca.pem"), trusted.pem())
                .toString();
        if (identity != null) {
            write(name, identity);
            profile.certificate = folder.resolve(name + ".pem").toString();
            profile.key = folder.resolve(name + "-key.pem").toString();
        }
        profiles.add(profile);
    }

    private void write(String name, Issued identity) throws IOException {
        Files.writeString(folder.resolve(name + ".pem"), identity.pem());
        Files.writeString(folder.resolve(name + "-key.pem"), identity.keyPem());
    }

    private IdentifyingConsumer consumer(boolean http2, Consumer<SslContextFactory.Server> changes) throws Exception {
        return new IdentifyingConsumer(authority.issue("consumer.test"), clients, http2, changes);
    }

    private WebhookClient client(String proxy) {
        factory.httpsProxy = HttpProxy.parse(proxy);
        factory.tls = profiles;
        rules = factory.tlsRules(Clock.systemUTC());
        return factory.build(Clock.systemUTC(), name -> new InetAddress[] {InetAddress.getLoopbackAddress()}, rules);
    }

    private static Call call(IdentifyingConsumer consumer, String profile) {
        return call(consumer.url(), profile);
    }

    private static Call call(String url, String profile) {
        return new Call(
                url, Map.of("X-Call", profile), Clients.BODY, Clients.LONG, () -> true, CallRoute.of(profile, ""));
    }

    private static Outcome send(WebhookClient client, IdentifyingConsumer consumer, String profile) {
        return Clients.send(client, call(consumer, profile));
    }
}
