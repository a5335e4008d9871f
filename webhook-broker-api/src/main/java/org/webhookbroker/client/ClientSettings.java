package org.webhookbroker.client;

import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.signature.GatewaySignature;

/** What a client was built with. */
record ClientSettings(
        URI broker,
        Duration connectTimeout,
        Duration attemptTimeout,
        Duration deadline,
        int concurrency,
        @Nullable SSLContext tls,
        @Nullable String key,
        @Nullable GatewaySignature signature,
        Timing timing) {
    /** Without the key. */
    @Override
    public String toString() {
        return broker.toString();
    }
}
