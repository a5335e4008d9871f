package org.webhookbroker.outbound.address;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/** Decides which addresses the broker may call, by all that an address may stand for ({@link AddressForms}). Immutable. */
public final class AddressGuard {
    /**
     * Private ranges and loopback are not here: a self-hosted broker mostly calls the services beside it. An address listed
     * here never is a webhook: the credentials service of a cloud, multicast, broadcast, reserved, unspecified.
     */
    public static final List<Network> DENIED_BY_DEFAULT = Arrays.stream(new String[] {
                "169.254.0.0/16", // Link-local; the metadata of AWS, Google, Azure and most others.
                "100.100.100.200/32", // Alibaba.
                "168.63.129.16/32", // Azure's other one.
                "192.0.0.192/32", // Oracle's old one.
                "0.0.0.0/8",
                "224.0.0.0/4",
                "240.0.0.0/4",
                "::/128",
                "fe80::/10",
                "fec0::/10",
                "ff00::/8",
                "fd00:ec2::254/128", // AWS, for machines and for containers.
                "fd00:ec2::23/128",
                "fd20:ce::254/128", // Google.
                "fd00:c1::a9fe:a9fe/128", // Oracle.
                "fd00:42::42/128" // Scaleway.
            })
            .map(Network::parse)
            .toList();

    private final List<Network> denied;
    private final List<Network> allowed;

    public AddressGuard(List<Network> denied, List<Network> allowed) {
        this.denied = List.copyOf(denied);
        this.allowed = List.copyOf(allowed);
    }

    boolean isAllowed(InetAddress address) {
        return AddressForms.of(address).stream().allMatch(form -> covers(allowed, form) || !covers(denied, form))
                || covers(allowed, address);
    }

    private static boolean covers(List<Network> networks, InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }
}
