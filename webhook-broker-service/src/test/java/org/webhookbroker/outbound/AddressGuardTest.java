package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
    private final AddressGuard guard = new AddressGuard(AddressGuard.DENIED_BY_DEFAULT, List.of());

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
                "255.255.255.254",
                "::1",
                "fd00::1",
                "fc00::1",
                "fd00:ec2::253",
                "2606:4700::1111",
                "::ffff:10.0.0.1",
                "64:ff9b::8.8.8.8",
                "2002:0808:0808::1",
                "fec0::1",
                "2001:db8::1",
                "2001:0:808:808::f7f7:f7f7"
            })
    void allowed(String address) throws Exception {
        assertThat(guard.isAllowed(ip(address))).isTrue();
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
        assertThat(guard.isAllowed(ip(address))).isFalse();
    }

    @Test
    void exceptionsWin() throws Exception {
        AddressGuard closed = new AddressGuard(
                List.of(Network.parse("0.0.0.0/0"), Network.parse("::/0")),
                List.of(Network.parse("10.1.0.0/16"), Network.parse("127.0.0.1"), Network.parse("2001:db8::/33")));

        assertThat(closed.isAllowed(ip("10.1.255.1"))).isTrue();
        assertThat(closed.isAllowed(ip("127.0.0.1"))).isTrue();
        assertThat(closed.isAllowed(ip("2001:db8:7fff::1"))).isTrue();
        assertThat(closed.isAllowed(ip("2001:db8:8000::1"))).isFalse();
        assertThat(closed.isAllowed(ip("10.2.0.1"))).isFalse();
        assertThat(closed.isAllowed(ip("127.0.0.2"))).isFalse();
        assertThat(closed.isAllowed(ip("::1"))).isFalse();
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

    private static InetAddress ip(String address) throws UnknownHostException {
        return InetAddress.getByName(address);
    }
}
