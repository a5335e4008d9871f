package org.webhookbroker.outbound;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.webhookbroker.outbound.address.AllowedNetworks;

/**
 * How calls of a consumer may go, beyond what the configuration allows to all. A connection that was opened for one serves no other.
 *
 * @param tlsProfile the name of one of {@code outbound.tls}; empty for the default
 */
public record CallRoute(String tlsProfile, AllowedNetworks allowed) {
    public static final CallRoute AS_CONFIGURED = new CallRoute("", AllowedNetworks.NONE);

    /** Few consumers have one of their own, and only an administrator gives them some. */
    static final int MAX_KNOWN = 1000;

    private record Written(String tlsProfile, String allowedNetworks) {}

    private static final Map<Written, CallRoute> KNOWN = new ConcurrentHashMap<>();

    /** @param allowedNetworks parsed once, not for each call */
    public static CallRoute of(String tlsProfile, String allowedNetworks) {
        if (tlsProfile.isEmpty() && allowedNetworks.isEmpty()) {
            return AS_CONFIGURED;
        }
        if (KNOWN.size() >= MAX_KNOWN) {
            KNOWN.clear();
        }
        return KNOWN.computeIfAbsent(
                new Written(tlsProfile, allowedNetworks),
                written -> new CallRoute(written.tlsProfile(), AllowedNetworks.orNone(written.allowedNetworks())));
    }

    static int known() {
        return KNOWN.size();
    }
}
