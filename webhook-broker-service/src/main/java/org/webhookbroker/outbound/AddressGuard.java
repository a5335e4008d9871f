package org.webhookbroker.outbound;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decides which addresses the broker may call. An IPv6 address that carries an IPv4 one (mapped, compatible, NAT64, 6to4,
 * Teredo) is judged as both, since a gateway on the way may unwrap it. Immutable.
 */
final class AddressGuard {
    /**
     * Private ranges and loopback are not here: a self-hosted broker mostly calls the services beside it. An address listed
     * here never is a webhook: the credentials service of a cloud, multicast, broadcast, unspecified.
     */
    static final List<Network> DENIED_BY_DEFAULT = parse(
            "169.254.0.0/16",
            "fe80::/10",
            "fd00:ec2::254/128",
            "100.100.100.200/32",
            "0.0.0.0/8",
            "::/128",
            "224.0.0.0/4",
            "255.255.255.255/32",
            "ff00::/8");

    private static final Network NAT64 = Network.parse("64:ff9b::/96");
    private static final Network LOCAL_NAT64 = Network.parse("64:ff9b:1::/48");
    private static final Network SIX_TO_FOUR = Network.parse("2002::/16");
    private static final Network TEREDO = Network.parse("2001::/32");
    private static final Network COMPATIBLE = Network.parse("::/96");

    private final List<Network> denied;
    private final List<Network> allowed;

    AddressGuard(List<Network> denied, List<Network> allowed) {
        this.denied = List.copyOf(denied);
        this.allowed = List.copyOf(allowed);
    }

    boolean isAllowed(InetAddress address) {
        return forms(address).stream().allMatch(form -> covers(allowed, form) || !covers(denied, form))
                || covers(allowed, address);
    }

    private static boolean covers(List<Network> networks, InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    /** The address and the IPv4 addresses it may stand for. */
    private static List<InetAddress> forms(InetAddress address) {
        List<InetAddress> forms = new ArrayList<>(List.of(address));
        if (address instanceof Inet6Address) {
            byte[] bytes = address.getAddress();
            if (NAT64.contains(address) || LOCAL_NAT64.contains(address) || isMapped(bytes) || isCompatible(address)) {
                forms.add(ipv4(bytes, 12, 0));
            } else if (SIX_TO_FOUR.contains(address)) {
                forms.add(ipv4(bytes, 2, 0));
            } else if (TEREDO.contains(address)) {
                forms.add(ipv4(bytes, 4, 0));
                forms.add(ipv4(bytes, 12, 0xff)); // Teredo hides the client's address by inverting it.
            }
        }
        return forms;
    }

    /** InetAddress itself unwraps mapped addresses from text and bytes; this covers those made in other ways. */
    private static boolean isMapped(byte[] bytes) {
        byte[] prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};
        return Arrays.equals(bytes, 0, 12, prefix, 0, 12);
    }

    private static boolean isCompatible(InetAddress address) {
        return COMPATIBLE.contains(address) && !address.isLoopbackAddress() && !address.isAnyLocalAddress();
    }

    private static InetAddress ipv4(byte[] bytes, int offset, int mask) {
        byte[] four = new byte[4];
        for (int i = 0; i < 4; i++) {
            four[i] = (byte) (bytes[offset + i] ^ mask);
        }
        try {
            return InetAddress.getByAddress(four);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Four bytes are an address", e);
        }
    }

    private static List<Network> parse(String... networks) {
        return Arrays.stream(networks).map(Network::parse).toList();
    }
}
