package org.webhookbroker.outbound.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedNetworksTest {
    @Test
    void networksWithCommasBetween() {
        assertThat(AllowedNetworks.parse(" 10.1.0.0/16,\t2001:db8::/32 ,192.0.2.7")
                        .networks())
                .containsExactly(
                        Network.parse("10.1.0.0/16"), Network.parse("2001:db8::/32"), Network.parse("192.0.2.7/32"));
        assertThat(AllowedNetworks.parse("")).isEqualTo(AllowedNetworks.NONE);
        assertThat(AllowedNetworks.parse(" ")).isEqualTo(AllowedNetworks.NONE);
        assertThat(AllowedNetworks.parse("0.0.0.0/0,::/0").networks()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "db.internal",
                "localhost",
                "10.0.0.0/33",
                "10.0.0.0/",
                "10.0.0",
                "10.0.0.0-10.0.0.9",
                "010.0.0.1",
                "::ffff:10.0.0.0/104",
                "[::1]",
                "*"
            })
    void whatIsNoNetwork(String text) {
        assertThat(AllowedNetworks.wrongIn("10.0.0.0/8," + text))
                .contains("`allowedNetworks` has \"" + text
                        + "\", which is no network; write 10.1.0.0/16, 2001:db8::/32 or one address");
        assertThat(AllowedNetworks.orNone("10.0.0.0/8," + text)).isEqualTo(AllowedNetworks.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {",", "10.0.0.0/8,", "10.0.0.0/8,,::1", ", ::1"})
    void nothingBetweenCommas(String text) {
        assertThat(AllowedNetworks.wrongIn(text).orElseThrow())
                .startsWith("`allowedNetworks` has \"\", which is no network;");
    }

    /** Somebody meant one address, and would allow sixteen million. */
    @ParameterizedTest
    @CsvSource({"10.1.2.3/8", "10.0.0.1/31", "2001:db8::1/32", "::1/0", "10.0.0.128/24"})
    void anAddressWithAWiderPrefix(String text) {
        assertThat(AllowedNetworks.wrongIn(text).orElseThrow())
                .startsWith("`allowedNetworks` has \"" + text + "\", an address with the prefix of a wider network;");
    }

    @Test
    void isBounded() {
        String most = IntStream.range(0, AllowedNetworks.MOST)
                .mapToObj(i -> "10." + i + ".0.0/16")
                .collect(Collectors.joining(","));
        assertThat(AllowedNetworks.wrongIn(most)).isEmpty();
        assertThat(AllowedNetworks.wrongIn(most + ",::1").orElseThrow())
                .contains("more than 16 networks or 512 characters");
        assertThat(AllowedNetworks.wrongIn("10.0.0.0/8," + " ".repeat(512) + "::1")
                        .orElseThrow())
                .contains("more than 16 networks or 512 characters");
    }
}
