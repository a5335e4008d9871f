package org.webhookbroker.outbound.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code outbound.policy public}. */
@Tag("G12")
class SpecialPurposeTest {
    private static final AddressGuard PUBLIC = new AddressGuard(AddressPolicy.PUBLIC, List.of(), List.of());

    /** Written down apart from the list of the broker, from the pages of IANA. */
    private static final List<String> IPV4 = List.of(
            "0.0.0.0/8",
            "0.0.0.0/32",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.0.0/29",
            "192.0.0.8/32",
            "192.0.0.9/32",
            "192.0.0.10/32",
            "192.0.0.170/32",
            "192.0.0.171/32",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.88.99.2/32",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "240.0.0.0/4",
            "255.255.255.255/32",
            "224.0.0.0/4");

    private static final List<String> IPV6 = List.of(
            "::1/128",
            "::/128",
            "64:ff9b:1::/48",
            "100::/64",
            "100:0:0:1::/64",
            "2001::/23",
            "2001::/32",
            "2001:1::1/128",
            "2001:1::2/128",
            "2001:1::3/128",
            "2001:2::/48",
            "2001:3::/32",
            "2001:4:112::/48",
            "2001:10::/28",
            "2001:20::/28",
            "2001:30::/28",
            "2001:db8::/32",
            "2002::/16",
            "2620:4f:8000::/48",
            "3fff::/20",
            "5f00::/16",
            "fc00::/7",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8");

    static Stream<String> blocks() {
        return Stream.concat(IPV4.stream(), IPV6.stream());
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void isRefusedFromItsFirstAddressToItsLast(String block) throws Exception {
        Network network = Network.parse(block);
        assertThat(SpecialPurpose.ALL).extracting(SpecialPurpose.Block::network).contains(network);
        for (InetAddress address : List.of(network.base(), last(network))) {
            assertRefused(address);
        }
    }

    /** In whatever address it is packed, and whatever that one's prefix. */
    @ParameterizedTest
    @MethodSource("blocks")
    void isRefusedInWhateverCarriesIt(String block) throws Exception {
        Network network = Network.parse(block);
        if (network.base() instanceof Inet4Address) {
            for (InetAddress address : List.of(network.base(), last(network))) {
                for (InetAddress carrier : carriers(address)) {
                    assertRefused(carrier);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.0.0.0, ''",
        "9.255.255.255, 11.0.0.0",
        "100.63.255.255, 100.128.0.0",
        "126.255.255.255, 128.0.0.0",
        "169.253.255.255, 169.255.0.0",
        "172.15.255.255, 172.32.0.0",
        "191.255.255.255, 192.0.1.0",
        "192.0.1.255, 192.0.3.0",
        "192.31.195.255, 192.31.197.0",
        "192.52.192.255, 192.52.194.0",
        "192.88.98.255, 192.88.100.0",
        "192.167.255.255, 192.169.0.0",
        "192.175.47.255, 192.175.49.0",
        "198.17.255.255, 198.20.0.0",
        "198.51.99.255, 198.51.101.0",
        "203.0.112.255, 203.0.114.0",
        "223.255.255.255, ''",
        "2001:200::, 2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff!",
        "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff, 2001:db9::",
        "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 2003::",
        "2620:4f:7fff:ffff:ffff:ffff:ffff:ffff, 2620:4f:8001::",
        "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 3fff:1000::",
        "2000::, 1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff!",
        "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 4000::!"
    })
    void theirNeighboursAreCalled(String before, String after) throws Exception {
        assertAllowed(InetAddress.getByName(before));
        if (after.endsWith("!")) {
            assertRefused(InetAddress.getByName(after.substring(0, after.length() - 1)));
        } else if (!after.isEmpty()) {
            assertAllowed(InetAddress.getByName(after));
        }
    }

    /** What no registry lists yet is not of the internet either. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "::2", "0:1::", "200::1", "1000::1", "4000::1", "5eff::1", "5f01::1", "8000::1", "e000::1", "fa00::1"
            })
    void nothingElseOfIpv6IsCalledThanGlobalUnicast(String address) throws Exception {
        assertRefused(InetAddress.getByName(address));
    }

    /** How a network without IPv4 reaches those that have nothing else; local ones lead into the network itself. */
    @Test
    void anAddressOfNat64IsTheIpv4AddressInIt() throws Exception {
        assertAllowed(InetAddress.getByName("64:ff9b::8.8.8.8"));
        assertRefused(InetAddress.getByName("64:ff9b::10.0.0.1"));
        assertRefused(InetAddress.getByName("64:ff9b:1::8.8.8.8"));
        assertAllowed(InetAddress.getByName("::ffff:8.8.8.8"));
        assertRefused(InetAddress.getByName("2002:808:808::1"));
        assertRefused(InetAddress.getByName("::8.8.8.8"));
    }

    @Test
    void theReasonNamesTheBlock() throws Exception {
        assertThat(PUBLIC.refusal(InetAddress.getByName("10.1.2.3"), AllowedNetworks.NONE))
                .contains("outbound.policy public (Private-Use, RFC 1918)");
        assertThat(PUBLIC.refusal(InetAddress.getByName("64:ff9b::10.1.2.3"), AllowedNetworks.NONE))
                .contains("outbound.policy public (Private-Use, RFC 1918)");
        assertThat(PUBLIC.refusal(InetAddress.getByName("192.0.0.9"), AllowedNetworks.NONE))
                .contains("outbound.policy public (Port Control Protocol Anycast, RFC 7723)");
    }

    @Test
    void deniedNetworksStayInForce() throws Exception {
        AddressGuard guard = new AddressGuard(
                AddressPolicy.PUBLIC, List.of(Network.parse("8.8.8.0/24")), List.of(Network.parse("10.1.0.0/16")));

        assertThat(guard.refusal(InetAddress.getByName("8.8.8.8"), AllowedNetworks.NONE))
                .contains("outbound.deniedNetworks (8.8.8.0/24)");
        assertThat(guard.refusal(InetAddress.getByName("8.8.8.8"), AllowedNetworks.parse("8.8.8.8")))
                .isEmpty();
        assertThat(guard.refusal(InetAddress.getByName("10.1.2.3"), AllowedNetworks.NONE))
                .isEmpty();
        assertThat(guard.refusal(InetAddress.getByName("10.2.2.3"), AllowedNetworks.NONE))
                .isNotEmpty();
        assertThat(guard.refusal(InetAddress.getByName("64:ff9b::10.1.2.3"), AllowedNetworks.NONE))
                .isEmpty();
        assertThat(guard.refusal(InetAddress.getByName("2002:a01:203::"), AllowedNetworks.NONE))
                .as("its own prefix is refused too")
                .isNotEmpty();
    }

    private static List<InetAddress> carriers(InetAddress ipv4) throws UnknownHostException {
        byte[] b = ipv4.getAddress();
        String dotted = ipv4.getHostAddress();
        String groups = "%02x%02x:%02x%02x".formatted(b[0], b[1], b[2], b[3]);
        String inverted = "%02x%02x:%02x%02x".formatted(~b[0] & 0xff, ~b[1] & 0xff, ~b[2] & 0xff, ~b[3] & 0xff);
        List<InetAddress> carriers = new ArrayList<>();
        for (String text : List.of(
                "::ffff:" + dotted,
                "::" + dotted,
                "::ffff:0:" + dotted,
                "64:ff9b::" + dotted,
                "64:ff9b:1::" + dotted,
                "2002:" + groups + "::1",
                "2001:0:" + groups + "::1",
                "2001:0:808:808:0:0:" + inverted,
                "2a00:1450::5efe:" + dotted,
                "2a00:1450::200:5efe:" + dotted)) {
            carriers.add(InetAddress.getByName(text));
        }
        return carriers;
    }

    private static InetAddress last(Network network) throws UnknownHostException {
        byte[] first = network.base().getAddress();
        int free = first.length * 8 - network.prefixLength();
        byte[] last = new BigInteger(1, first)
                .or(BigInteger.ONE.shiftLeft(free).subtract(BigInteger.ONE))
                .toByteArray();
        byte[] whole = new byte[first.length];
        int length = Math.min(last.length, whole.length);
        System.arraycopy(last, last.length - length, whole, whole.length - length, length);
        assertThat(Arrays.equals(first, whole)).isEqualTo(free == 0);
        return InetAddress.getByAddress(whole);
    }

    private static void assertRefused(InetAddress address) {
        assertThat(PUBLIC.refusal(address, AllowedNetworks.NONE))
                .as(address.getHostAddress())
                .isNotEmpty();
    }

    private static void assertAllowed(InetAddress address) {
        assertThat(PUBLIC.refusal(address, AllowedNetworks.NONE))
                .as(address.getHostAddress())
                .isEmpty();
    }
}
