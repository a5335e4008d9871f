package org.webhookbroker.registry;

/**
 * How calls of a consumer may go, beyond what the configuration allows to all.
 *
 * @param tlsProfile the name of one of {@code outbound.tls}; empty for the default
 * @param allowedNetworks exceptions from the denied networks, separated by commas; empty for none
 */
public record ConsumerRoute(String tlsProfile, String allowedNetworks) {
    public static final ConsumerRoute AS_CONFIGURED = new ConsumerRoute("", "");
}
