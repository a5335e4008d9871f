package org.webhookbroker.outbound.address;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Addresses that are no host of the public internet: all entries of IANA's IPv4 and IPv6 Special-Purpose Address Registries, as of
 * 2025-10-09, and what lies beside them. Entries that are globally reachable (anycast services of the network, AS112, AMT, ORCHID) are
 * no webhooks either.
 */
final class SpecialPurpose {
    /** Where several hold an address, the first one is named: narrow ones come before wide ones. */
    private static final String BLOCKS = """
            0.0.0.0/32         | This host on this network           | RFC 1122
            0.0.0.0/8          | This network                        | RFC 791
            10.0.0.0/8         | Private-Use                         | RFC 1918
            100.64.0.0/10      | Shared Address Space                | RFC 6598
            127.0.0.0/8        | Loopback                            | RFC 1122
            169.254.0.0/16     | Link Local                          | RFC 3927
            172.16.0.0/12      | Private-Use                         | RFC 1918
            192.0.0.0/29       | IPv4 Service Continuity Prefix      | RFC 7335
            192.0.0.8/32       | IPv4 dummy address                  | RFC 7600
            192.0.0.9/32       | Port Control Protocol Anycast       | RFC 7723
            192.0.0.10/32      | TURN Anycast                        | RFC 8155
            192.0.0.170/32     | NAT64/DNS64 Discovery               | RFC 7050
            192.0.0.171/32     | NAT64/DNS64 Discovery               | RFC 7050
            192.0.0.0/24       | IETF Protocol Assignments           | RFC 6890
            192.0.2.0/24       | Documentation                       | RFC 5737
            192.31.196.0/24    | AS112-v4                            | RFC 7535
            192.52.193.0/24    | AMT                                 | RFC 7450
            192.88.99.2/32     | 6a44 Relay Anycast                  | RFC 6751
            192.88.99.0/24     | Deprecated 6to4 Relay Anycast       | RFC 7526
            192.168.0.0/16     | Private-Use                         | RFC 1918
            192.175.48.0/24    | Direct Delegation AS112 Service     | RFC 7534
            198.18.0.0/15      | Benchmarking                        | RFC 2544
            198.51.100.0/24    | Documentation                       | RFC 5737
            203.0.113.0/24     | Documentation                       | RFC 5737
            255.255.255.255/32 | Limited Broadcast                   | RFC 919
            240.0.0.0/4        | Reserved                            | RFC 1112
            ::1/128            | Loopback                            | RFC 4291
            ::/128             | Unspecified Address                 | RFC 4291
            64:ff9b:1::/48     | Local-Use IPv4/IPv6 Translation     | RFC 8215
            100::/64           | Discard-Only Address Block          | RFC 6666
            100:0:0:1::/64     | Dummy IPv6 Prefix                   | RFC 9780
            2001::/32          | TEREDO                              | RFC 4380
            2001:1::1/128      | Port Control Protocol Anycast       | RFC 7723
            2001:1::2/128      | TURN Anycast                        | RFC 8155
            2001:1::3/128      | DNS-SD Service Registration Anycast | RFC 9665
            2001:2::/48        | Benchmarking                        | RFC 5180
            2001:3::/32        | AMT                                 | RFC 7450
            2001:4:112::/48    | AS112-v6                            | RFC 7535
            2001:10::/28       | Deprecated ORCHID                   | RFC 4843
            2001:20::/28       | ORCHIDv2                            | RFC 7343
            2001:30::/28       | Drone Remote ID Entity Tags         | RFC 9374
            2001::/23          | IETF Protocol Assignments           | RFC 2928
            2001:db8::/32      | Documentation                       | RFC 3849
            2002::/16          | 6to4                                | RFC 3056
            2620:4f:8000::/48  | Direct Delegation AS112 Service     | RFC 7534
            3fff::/20          | Documentation                       | RFC 9637
            5f00::/16          | Segment Routing SIDs                | RFC 9602
            fc00::/7           | Unique-Local                        | RFC 4193
            fe80::/10          | Link-Local Unicast                  | RFC 4291
            224.0.0.0/4        | Multicast                           | RFC 5771
            ff00::/8           | Multicast                           | RFC 4291
            fec0::/10          | Deprecated Site-Local               | RFC 3879
            ::/96              | Deprecated IPv4-Compatible          | RFC 4291
            ::/3               | Outside of 2000::/3                 | RFC 4291
            4000::/2           | Outside of 2000::/3                 | RFC 4291
            8000::/1           | Outside of 2000::/3                 | RFC 4291
            """;

    record Block(Network network, String name, String source) {
        private static Block parse(String line) {
            String[] parts = line.split("\\|", 3);
            return new Block(Network.parse(parts[0].strip()), parts[1].strip(), parts[2].strip());
        }

        @Override
        public String toString() {
            return name + ", " + source;
        }
    }

    static final List<Block> ALL = BLOCKS.lines().map(Block::parse).toList();

    private SpecialPurpose() {}

    /**
     * The block that the address is in. Two blocks of the registry are not in the list, as they are nothing but the IPv4 address in
     * them, which is judged beside them: {@code ::ffff:0:0/96}, and {@code 64:ff9b::/96} (RFC 6052). The latter is how networks
     * without IPv4 reach all consumers that have nothing else.
     */
    static Optional<Block> of(InetAddress address) {
        if (AddressForms.isNothingButIpv4(address)) {
            return Optional.empty();
        }
        for (Block block : ALL) {
            if (block.network().contains(address)) {
                return Optional.of(block);
            }
        }
        return Optional.empty();
    }
}
