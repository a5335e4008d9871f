package org.webhookbroker.outbound.address;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one address may stand for. An IPv6 address that carries an IPv4 one (mapped, compatible, translated, NAT64, 6to4, Teredo,
 * ISATAP) is both, since the system or a gateway on the way may unwrap it.
 */
final class AddressForms {
    private static final Network COMPATIBLE = Network.parse("::/96");
    /** RFC 2765 (SIIT), written {@code ::ffff:0:10.0.0.1}. */
    private static final Network TRANSLATED = Network.parse("::ffff:0:0:0/96");

    private static final Network NAT64 = Network.parse("64:ff9b::/96");
    private static final Network LOCAL_NAT64 = Network.parse("64:ff9b:1::/48");
    private static final Network SIX_TO_FOUR = Network.parse("2002::/16");
    private static final Network TEREDO = Network.parse("2001::/32");

    private AddressForms() {}

    /** The address and the IPv4 addresses that it may stand for. */
    static List<InetAddress> of(InetAddress address) {
        List<InetAddress> forms = new ArrayList<>(List.of(address));
        if (address instanceof Inet6Address) {
            byte[] bytes = address.getAddress();
            if (isMapped(bytes)
                    || TRANSLATED.contains(address)
                    || NAT64.contains(address)
                    || isCompatible(address)
                    || isIsatap(bytes)) {
                forms.add(ipv4(bytes, 0, 12, 13, 14, 15));
            } else if (LOCAL_NAT64.contains(address)) {
                addLocalNat64(forms, bytes);
            } else if (SIX_TO_FOUR.contains(address)) {
                forms.add(ipv4(bytes, 0, 2, 3, 4, 5));
            } else if (TEREDO.contains(address)) {
                forms.add(ipv4(bytes, 0, 4, 5, 6, 7));
                forms.add(ipv4(bytes, 0xff, 12, 13, 14, 15)); // Teredo hides the client's address by inverting it.
            }
        }
        return forms;
    }

    /** Whether nothing but the IPv4 address that it carries says where it leads. */
    static boolean isNothingButIpv4(InetAddress address) {
        return address instanceof Inet6Address && (isMapped(address.getAddress()) || NAT64.contains(address));
    }

    /** InetAddress itself unwraps mapped addresses from text and bytes; this covers those made in other ways. */
    private static boolean isMapped(byte[] bytes) {
        byte[] prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};
        return Arrays.equals(bytes, 0, 12, prefix, 0, 12);
    }

    private static boolean isCompatible(InetAddress address) {
        return COMPATIBLE.contains(address) && !address.isLoopbackAddress() && !address.isAnyLocalAddress();
    }

    /** RFC 5214: 00005EFE or 02005EFE before the IPv4 address. */
    private static boolean isIsatap(byte[] bytes) {
        return (bytes[8] & 0xfd) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && (bytes[11] & 0xff) == 0xfe;
    }

    /** RFC 6052, 2.2: after a prefix of 48, 56, 64 or 96 bits; zeros follow the address, and byte 8 is not part of it. */
    private static void addLocalNat64(List<InetAddress> forms, byte[] bytes) {
        int used = 16;
        while (used > 9 && bytes[used - 1] == 0) {
            used--;
        }
        if (used > 12) {
            forms.add(ipv4(bytes, 0, 12, 13, 14, 15));
        }
        if (used <= 13) {
            forms.add(ipv4(bytes, 0, 9, 10, 11, 12));
        }
        if (used <= 12) {
            forms.add(ipv4(bytes, 0, 7, 9, 10, 11));
        }
        if (used <= 11) {
            forms.add(ipv4(bytes, 0, 6, 7, 9, 10));
        }
    }

    private static InetAddress ipv4(byte[] bytes, int mask, int... places) {
        byte[] four = new byte[4];
        for (int i = 0; i < 4; i++) {
            four[i] = (byte) (bytes[places[i]] ^ mask);
        }
        try {
            return InetAddress.getByAddress(four);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Four bytes are an address", e);
        }
    }
}
