package org.webhookbroker.outbound.address;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Exceptions from what is never called. As a text they have commas between. Immutable. */
public record AllowedNetworks(List<Network> networks) {
    public static final AllowedNetworks NONE = new AllowedNetworks(List.of());

    /** Each is compared with the addresses of each call. */
    static final int MOST = 16;

    static final int LONGEST_TEXT = 512;

    public AllowedNetworks {
        networks = List.copyOf(networks);
    }

    /** @throws IllegalArgumentException with what is wrong, and the way out */
    public static AllowedNetworks parse(String text) {
        if (text.isBlank()) {
            return NONE;
        }
        String[] parts = text.split(",", -1);
        if (text.length() > LONGEST_TEXT || parts.length > MOST) {
            throw new IllegalArgumentException("has more than " + MOST + " networks or " + LONGEST_TEXT
                    + " characters; name fewer networks, or wider ones");
        }
        List<Network> networks = new ArrayList<>();
        for (String part : parts) {
            networks.add(network(part.strip()));
        }
        return new AllowedNetworks(networks);
    }

    /** Of a text that may have been written by hand: what nobody can read allows nothing. */
    public static AllowedNetworks orNone(String text) {
        try {
            return parse(text);
        } catch (IllegalArgumentException e) {
            return NONE;
        }
    }

    /** What is wrong in a text, and the way out. */
    public static Optional<String> wrongIn(String text) {
        try {
            parse(text);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("`allowedNetworks` " + e.getMessage());
        }
    }

    private static Network network(String text) {
        Optional<Network> network = parsed(text);
        if (network.isEmpty()) {
            throw new IllegalArgumentException(
                    "has \"" + text + "\", which is no network; write 10.1.0.0/16, 2001:db8::/32 or one address");
        }
        if (!network.get().isWhole()) {
            throw new IllegalArgumentException(
                    "has \"" + text
                            + "\", an address with the prefix of a wider network; leave the prefix out, or write the network's first address");
        }
        return network.get();
    }

    private static Optional<Network> parsed(String text) {
        try {
            return Optional.of(Network.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    boolean cover(InetAddress address) {
        for (Network network : networks) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
