package org.webhookbroker.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.ssl.SSLContexts;
import org.webhookbroker.outbound.address.HostResolver;
import org.webhookbroker.outbound.tls.TlsProfile;
import org.webhookbroker.outbound.tls.TlsRules;

/** Clients and calls for the tests of this package. */
final class Clients {
    /** Never reached by a test that passes. */
    static final Duration LONG = Duration.ofSeconds(60);

    static final Duration SHORT = Duration.ofMillis(300);
    static final byte[] BODY = "body".getBytes(UTF_8);

    private Clients() {}

    static WebhookClient client() {
        return client(factory -> {});
    }

    static WebhookClient client(Consumer<OutboundFactory> changes) {
        return client(changes, InetAddress::getAllByName);
    }

    static WebhookClient client(Consumer<OutboundFactory> changes, HostResolver.Lookup lookup) {
        OutboundFactory factory = new OutboundFactory();
        changes.accept(factory);
        return factory.build(Clock.systemUTC(), lookup, SSLContexts.createDefault());
    }

    static TlsRules tls(SSLContext context) {
        return new TlsRules(List.of(), false, Clock.systemUTC(), new TlsProfile("test", context));
    }

    static Call call(String url, Duration timeout) {
        return new Call(url, Map.of("Content-Type", "application/json"), BODY, timeout);
    }

    static Outcome send(WebhookClient client, Call call) {
        return await(client.send(call));
    }

    static Outcome await(CompletableFuture<Outcome> outcome) {
        return outcome.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
    }
}
