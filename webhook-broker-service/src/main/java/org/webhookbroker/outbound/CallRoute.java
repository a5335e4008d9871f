package org.webhookbroker.outbound;

/**
 * How a call may go, beyond what the configuration allows to all.
 *
 * @param tlsProfile the name of one of {@code outbound.tls}; empty for the default
 */
public record CallRoute(String tlsProfile) {
    public static final CallRoute AS_CONFIGURED = new CallRoute("");
}
