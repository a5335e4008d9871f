package org.webhookbroker.outbound.address;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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

    private final AddressPolicy policy;
    private final List<Network> denied;
    private final AllowedNetworks allowed;

    /** @param allowed exceptions for all */
    public AddressGuard(AddressPolicy policy, List<Network> denied, List<Network> allowed) {
        this.policy = policy;
        this.denied = List.copyOf(denied);
        this.allowed = new AllowedNetworks(allowed);
    }

    public AddressPolicy policy() {
        return policy;
    }

    /**
     * One refused address makes the whole host unusable.
     *
     * @param exceptions those of the consumer, beside those for all
     */
    public void require(String host, List<InetAddress> addresses, AllowedNetworks exceptions)
            throws BlockedAddressException {
        for (InetAddress address : addresses) {
            Optional<String> refused = refusal(address, exceptions);
            if (refused.isPresent()) {
                throw BlockedAddressException.refused(host, address, refused.get());
            }
        }
    }

    /** What refuses the first address, if none is allowed. */
    public Optional<String> refusalOfAll(String host, List<InetAddress> addresses, AllowedNetworks exceptions) {
        List<String> refusals = addresses.stream()
                .flatMap(address ->
                        refusal(address, exceptions)
                                .map(by -> BlockedAddressException.text(host, address, by))
                                .stream())
                .toList();
        return refusals.size() < addresses.size()
                ? Optional.empty()
                : refusals.stream().findFirst();
    }

    /** What refuses the address, if something does. */
    Optional<String> refusal(InetAddress address, AllowedNetworks exceptions) {
        if (isExcepted(address, exceptions)) {
            return Optional.empty();
        }
        for (InetAddress form : AddressForms.of(address)) {
            Optional<String> refused = isExcepted(form, exceptions) ? Optional.empty() : refusal(form);
            if (refused.isPresent()) {
                return refused;
            }
        }
        return Optional.empty();
    }

    private boolean isExcepted(InetAddress address, AllowedNetworks exceptions) {
        return allowed.cover(address) || exceptions.cover(address);
    }

    private Optional<String> refusal(InetAddress form) {
        for (Network network : denied) {
            if (network.contains(form)) {
                return Optional.of("outbound.deniedNetworks (" + network + ")");
            }
        }
        return policy == AddressPolicy.PUBLIC
                ? SpecialPurpose.of(form).map(block -> "outbound.policy public (" + block + ")")
                : Optional.empty();
    }
}
