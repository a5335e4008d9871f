package org.webhookbroker.outbound;

import java.util.Optional;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/** Which proxy a call takes; none if the target is an address with a zone, which means nothing elsewhere. Hosts have their ports here. Immutable. */
record Proxies(@Nullable HttpProxy http, @Nullable HttpProxy https, NoProxy direct) {
    Optional<HttpProxy> of(HttpHost target) {
        HttpProxy proxy = isTunnelled(target) ? https : http;
        boolean here = target.getHostName().indexOf('%') >= 0;
        return proxy == null || here || direct.covers(target) ? Optional.empty() : Optional.of(proxy);
    }

    /** Calls by https pass a proxy in a tunnel, where it sees nothing of them. */
    static boolean isTunnelled(HttpHost target) {
        return target.getSchemeName().equals("https");
    }

    /** Whether this is a proxy's own address. */
    boolean include(String host, int port) {
        return isAt(http, host, port) || isAt(https, host, port);
    }

    private static boolean isAt(@Nullable HttpProxy proxy, String host, int port) {
        return proxy != null
                && proxy.host().getPort() == port
                && proxy.host().getHostName().equals(host);
    }
}
