package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.outbound.address.AddressPolicy;
import org.webhookbroker.outbound.address.Network;

/** What is said of a callback when it is registered. */
@Tag("G12")
class CallbackCheckTest {
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final WebhookClient client = client(AddressPolicy.PUBLIC, "");
    private final CallbackCheck check = client.callbackCheck();

    @AfterEach
    void close() {
        gate.countDown();
        client.close();
    }

    private WebhookClient client(AddressPolicy policy, String proxy) {
        return Clients.client(
                factory -> {
                    factory.policy = policy;
                    factory.httpProxy = HttpProxy.parse(proxy);
                    factory.allowedNetworks = List.of(Network.parse("10.9.0.0/16"));
                },
                this::lookup);
    }

    private InetAddress[] lookup(String host) throws UnknownHostException {
        asked.incrementAndGet();
        return switch (host) {
            case "internal.test" -> addresses("10.0.0.5", "fd00::5");
            case "mixed.test" -> addresses("10.0.0.5", "93.184.215.14");
            case "public.test" -> addresses("93.184.215.14");
            case "excepted.test" -> addresses("10.9.0.1");
            default -> {
                if (host.startsWith("slow")) {
                    pass(gate);
                }
                throw new UnknownHostException(host);
            }
        };
    }

    private static void pass(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private static InetAddress[] addresses(String... literals) throws UnknownHostException {
        InetAddress[] addresses = new InetAddress[literals.length];
        for (int i = 0; i < literals.length; i++) {
            addresses[i] = InetAddress.getByName(literals[i]);
        }
        return addresses;
    }

    @Test
    void anAddressIsNamedWithWhatRefusesIt() {
        assertThat(wrongIn("https://user:secret@10.0.0.5:8443/hook"))
                .contains(
                        "`callbackUrl`: outbound.policy public (Private-Use, RFC 1918) refuses the address 10.0.0.5 of the host 10.0.0.5;"
                                + " use a public address, or have an administrator add its network to `allowedNetworks` of the consumer,"
                                + " or to outbound.allowedNetworks");
        assertThat(wrongIn("http://169.254.169.254/").orElseThrow())
                .contains("outbound.deniedNetworks (169.254.0.0/16)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/",
                "http://[::1]/",
                "http://[::ffff:127.0.0.1]/",
                "http://[::ffff:7f00:1]:80/",
                "http://[64:ff9b::7f00:1]/",
                "http://[fd12::1]/",
                "http://[2001:db8::1]/",
                "http://a@127.0.0.1/",
                "HTTP://127.0.0.1",
                "http://\uff11\uff12\uff17.0.0.1/",
                "http://127\u30020\u30020\u30021/",
                "https://192.168.1.1/"
            })
    void addressesNeedNoLookup(String url) {
        assertThat(wrongIn(url)).isPresent();
        assertThat(asked).hasValue(0);
    }

    /** Or whoever may register could read the names of the network, one by one. */
    @Test
    void ofANameNoAddressIsTold() {
        assertThat(wrongIn("http://internal.test/"))
                .contains("`callbackUrl`: its host has no address that outbound.policy public lets the broker call;"
                        + " use a public address, or have an administrator add its network to `allowedNetworks` of the consumer,"
                        + " or to outbound.allowedNetworks");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://public.test/",
                "http://mixed.test/",
                "http://unknown.test/",
                "http://excepted.test/",
                "http://93.184.215.14/",
                "http://10.9.1.1/",
                "foo:bar",
                "http://exa mple/"
            })
    void whatMayBeCalledOrIsNotFoundPasses(String url) {
        assertThat(wrongIn(url)).isEmpty();
    }

    @Test
    void exceptionsOfTheConsumerCount() {
        CallRoute excepted = CallRoute.of("", "10.0.0.0/8, fd00::/8");
        assertThat(check.wrongIn("http://internal.test/", excepted, Clients.LONG))
                .isEmpty();
        assertThat(check.wrongIn("http://10.0.0.5/", excepted, Clients.LONG)).isEmpty();
        assertThat(check.wrongIn("http://192.168.0.1/", excepted, Clients.LONG)).isPresent();
        assertThat(check.wrongIn("http://internal.test/", CallRoute.of("", "10.1.0.0/16"), Clients.LONG))
                .isPresent();
    }

    /** By the contract any callback can be registered (contract 5.1). */
    @Test
    void nothingIsLookedAtByThePolicyInternal() {
        try (WebhookClient internal = client(AddressPolicy.INTERNAL, "")) {
            CallbackCheck open = internal.callbackCheck();
            for (String url : List.of("http://169.254.169.254/", "http://internal.test/", "http://127.0.0.1/")) {
                assertThat(open.wrongIn(url, CallRoute.AS_CONFIGURED, Clients.LONG))
                        .isEmpty();
            }
            assertThat(asked).hasValue(0);
        }
    }

    @Test
    void behindAProxyOnlyAddressesAreJudged() {
        try (WebhookClient proxied = client(AddressPolicy.PUBLIC, "http://127.0.0.1:3128")) {
            CallbackCheck behind = proxied.callbackCheck();
            assertThat(behind.wrongIn("http://internal.test/", CallRoute.AS_CONFIGURED, Clients.LONG))
                    .isEmpty();
            assertThat(asked).hasValue(0);
            assertThat(behind.wrongIn("http://10.0.0.5/", CallRoute.AS_CONFIGURED, Clients.LONG))
                    .isPresent();
            assertThat(behind.wrongIn("https://internal.test/", CallRoute.AS_CONFIGURED, Clients.LONG))
                    .as("there is none for https")
                    .isPresent();
        }
    }

    @Test
    void whatIsNotFoundInTimePasses() {
        assertThat(check.wrongIn("http://slow.test/", CallRoute.AS_CONFIGURED, Clients.SHORT))
                .isEmpty();
        await().until(() -> asked.get() == 1);
        assertThat(check.wrongIn("http://internal.test/", CallRoute.AS_CONFIGURED, Duration.ZERO))
                .isEmpty();
        assertThat(asked).as("nobody is asked where nobody waits").hasValue(1);
        assertThat(check.wrongIn("http://10.0.0.5/", CallRoute.AS_CONFIGURED, Duration.ZERO))
                .isPresent();
    }

    /** Names whose servers do not answer take a few of the threads for look-ups, and none of the server for long. */
    @Test
    void fewLookupsAreUnderWay() {
        for (int i = 0; i < 3 * CallbackCheck.MOST_LOOKUPS; i++) {
            assertThat(check.wrongIn(
                            "http://slow" + i + ".test" + i + "/", CallRoute.AS_CONFIGURED, Duration.ofMillis(1)))
                    .isEmpty();
        }
        await().until(() -> asked.get() == CallbackCheck.MOST_LOOKUPS);
        assertThat(wrongIn("http://internal.test/")).as("left to deliveries").isEmpty();
        assertThat(wrongIn("http://10.0.0.5/")).as("needs no look-up").isPresent();

        gate.countDown();

        await().untilAsserted(() -> assertThat(wrongIn("http://internal.test/")).isPresent());
        assertThat(asked).hasValue(CallbackCheck.MOST_LOOKUPS + 1);
    }

    private Optional<String> wrongIn(String url) {
        return check.wrongIn(url, CallRoute.AS_CONFIGURED, Clients.LONG);
    }

    @ParameterizedTest
    @CsvSource({
        "http://host/a, HTTP://HOST:80/b?c#d, true",
        "https://host, https://user:password@host:443/, true",
        "http://[fd00::1]/, http://[fd00::1]:80/, true",
        "http://b\u00fccher.test/, http://xn--bcher-kva.test/, true",
        "none, none, true",
        "http://host/, https://host/, false",
        "http://host:443/, https://host:443/, false",
        "http://host/, http://host:8080/, false",
        "http://host/, http://host@other/, false",
        "http://host/, http://host.other/, false",
        "http://host/, http:host, false",
        "none, other, false"
    })
    void placesAreComparedAsTheyAreCalled(String url, String other, boolean isSame) {
        assertThat(CallbackCheck.isSamePlace(url, other)).isEqualTo(isSame);
        assertThat(CallbackCheck.isSamePlace(other, url)).isEqualTo(isSame);
    }
}
