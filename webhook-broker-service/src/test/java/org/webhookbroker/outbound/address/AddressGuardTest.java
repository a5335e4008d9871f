package org.webhookbroker.outbound.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
    private final AddressGuard guard =
            new AddressGuard(AddressPolicy.INTERNAL, AddressGuard.DENIED_BY_DEFAULT, List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.9.10",
                "10.0.0.1",
                "172.16.0.1",
                "192.168.1.1",
                "100.64.0.1",
                "8.8.8.8",
                "1.1.1.1",
                "169.253.255.255",
                "169.255.0.0",
                "223.255.255.255",
                "::1",
                "fd00::1",
                "fc00::1",
                "fd00:ec2::253",
                "2606:4700::1111",
                "::ffff:10.0.0.1",
                "64:ff9b::8.8.8.8",
                "2002:0808:0808::1",
                "2001:db8::1",
                "64:ff9b:1::8.8.8.8",
                "64:ff9b:1:fffe::8.8.8.8",
                "64:ff9b:1:808:8:800::",
                "::ffff:0:8.8.8.8",
                "2001:db8::5efe:8.8.8.8",
                "168.63.129.15",
                "192.0.0.193",
                "2001:0:808:808::f7f7:f7f7"
            })
    void allowed(String address) throws Exception {
        assertThat(isAllowed(guard, ip(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "169.254.0.0",
                "169.254.255.255",
                "100.100.100.200",
                "0.0.0.0",
                "0.1.2.3",
                "224.0.0.1",
                "239.255.255.255",
                "255.255.255.255",
                "::",
                "fe80::1",
                "febf::1",
                "ff02::1",
                "fd00:ec2::254",
                "fd00:ec2::23",
                "fd20:ce::254",
                "fd00:c1::a9fe:a9fe",
                "fd00:42::42",
                "168.63.129.16",
                "192.0.0.192",
                "240.0.0.1",
                "255.255.255.254",
                "fec0::1",
                "feff::1",
                "::ffff:0:169.254.169.254",
                "::ffff:0:a9fe:a9fe",
                "::ffff:168.63.129.16",
                "64:ff9b::240.0.0.1",
                "64:ff9b:1:a9fe:a9:fe00::",
                "64:ff9b:1:a9:fe:a9fe::",
                "64:ff9b:1:0:a9:fea9:fe00:0",
                "2001:db8::5efe:a9fe:a9fe",
                "2001:db8::200:5efe:169.254.169.254",
                "::ffff:169.254.169.254",
                "::ffff:a9fe:a9fe",
                "::169.254.169.254",
                "64:ff9b::169.254.169.254",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::169.254.169.254",
                "2002:a9fe:a9fe::1",
                "2002:a9fe:a9fe:1:2:3:4:5",
                "2001:0:a9fe:a9fe::1",
                "2001:0:808:808::5601:5601",
                "64:ff9b::0.0.0.0",
                "2002:0:0::1"
            })
    void denied(String address) throws Exception {
        assertThat(isAllowed(guard, ip(address))).isFalse();
    }

    @Test
    void exceptionsWin() throws Exception {
        AddressGuard closed = new AddressGuard(
                AddressPolicy.INTERNAL,
                List.of(Network.parse("0.0.0.0/0"), Network.parse("::/0")),
                List.of(Network.parse("10.1.0.0/16"), Network.parse("127.0.0.1"), Network.parse("2001:db8::/33")));

        assertThat(isAllowed(closed, ip("10.1.255.1"))).isTrue();
        assertThat(isAllowed(closed, ip("127.0.0.1"))).isTrue();
        assertThat(isAllowed(closed, ip("2001:db8:7fff::1"))).isTrue();
        assertThat(isAllowed(closed, ip("2001:db8:8000::1"))).isFalse();
        assertThat(isAllowed(closed, ip("10.2.0.1"))).isFalse();
        assertThat(isAllowed(closed, ip("127.0.0.2"))).isFalse();
        assertThat(isAllowed(closed, ip("::1"))).isFalse();
    }

    /** An exception for an address that carries a denied one is for that address; and one for what it carries is for it too. */
    @Test
    void exceptionsForAnAddressThatCarriesAnother() throws Exception {
        List<Network> denied = AddressGuard.DENIED_BY_DEFAULT;
        AddressGuard wrapped =
                new AddressGuard(AddressPolicy.INTERNAL, denied, List.of(Network.parse("64:ff9b::a9fe:0/112")));
        assertThat(isAllowed(wrapped, ip("64:ff9b::a9fe:1"))).isTrue();
        assertThat(isAllowed(wrapped, ip("64:ff9b::a9fd:1"))).isTrue();
        assertThat(isAllowed(wrapped, ip("169.254.0.1"))).isFalse();
        assertThat(isAllowed(wrapped, ip("2002:a9fe:1::"))).isFalse();
        AddressGuard carried = new AddressGuard(AddressPolicy.INTERNAL, denied, List.of(Network.parse("169.254.0.1")));
        assertThat(isAllowed(carried, ip("64:ff9b::a9fe:1"))).isTrue();
        assertThat(isAllowed(carried, ip("64:ff9b::a9fe:2"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/x",
                "::/129",
                "10.0.0/8",
                "/8",
                "1.2.3.4/"
            })
    void notANetwork(String text) {
        assertThatThrownBy(() -> Network.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static boolean isAllowed(AddressGuard guard, InetAddress address) {
        return guard.refusal(address, AllowedNetworks.NONE).isEmpty();
    }

    private static InetAddress ip(String address) throws UnknownHostException {
        return InetAddress.getByName(address);
    }
}
