package org.webhookbroker.outbound.tls;

import org.apache.hc.core5.net.NamedEndpoint;

/**
 * Whom a connection is made to by TLS, and with which profile. It is part of the route by which pools know their connections, so those of
 * one profile are never used for calls of another; and it is all that TLS is told when a connection is made, through a proxy too.
 */
public record TlsName(String host, int port, TlsProfile profile) implements NamedEndpoint {
    @Override
    public String getHostName() {
        return host;
    }

    @Override
    public int getPort() {
        return port;
    }
}
