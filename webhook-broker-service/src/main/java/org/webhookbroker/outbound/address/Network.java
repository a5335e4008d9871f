package org.webhookbroker.outbound.address;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.core5.net.InetAddressUtils;

/** A block of addresses, written {@code 10.0.0.0/8}, {@code fe80::/10}, or as one bare address. */
public record Network(InetAddress base, int prefixLength) {
    public Network {
        int bits = base.getAddress().length * 8;
        if (prefixLength < 0 || prefixLength > bits) {
            throw new IllegalArgumentException("The prefix length of a network must be 0 to " + bits);
        }
    }

    @JsonCreator
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        if (!InetAddressUtils.isIPv4(address) && !InetAddressUtils.isIPv6(address)) {
            throw new IllegalArgumentException("Not a network: " + text); // Never ask DNS about the configuration.
        }
        try {
            InetAddress base = InetAddress.getByName(address);
            int bits = base.getAddress().length * 8;
            return new Network(base, slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1)));
        } catch (UnknownHostException | NumberFormatException e) {
            throw new IllegalArgumentException("Not a network: " + text, e);
        }
    }

    public boolean contains(InetAddress address) {
        if (base instanceof Inet4Address != address instanceof Inet4Address) {
            return false;
        }
        byte[] ours = base.getAddress();
        byte[] theirs = address.getAddress();
        for (int bit = 0; bit < prefixLength; bit += 8) {
            if (((ours[bit / 8] ^ theirs[bit / 8]) & mask(bit)) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether the base is the first address of the network. */
    boolean isWhole() {
        byte[] bytes = base.getAddress();
        for (int bit = 0; bit < bytes.length * 8; bit += 8) {
            if ((bytes[bit / 8] & ~mask(bit) & 0xff) != 0) {
                return false;
            }
        }
        return true;
    }

    /** What the prefix covers of the byte that begins at the bit. */
    private int mask(int bit) {
        return 0xff00 >> Math.max(0, Math.min(8, prefixLength - bit)) & 0xff;
    }

    @Override
    @JsonValue
    public String toString() {
        return base.getHostAddress() + "/" + prefixLength;
    }
}
