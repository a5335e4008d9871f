package org.webhookbroker.fault;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.ReceivedRequest;
import org.webhookbroker.testing.RefusingPort;

/** Consumers of one channel, each with a way of its own, which note in the ledger what they took. The one that pulls works apart. */
final class Subscribers implements AutoCloseable {
    static final String WELL = "well";
    /** Refuses every fourth call. */
    static final String FLAKY = "flaky";
    /** Never takes messages of certain numbers, which die of it. */
    static final String STRICT = "strict";

    static final String PULLS = "pulls";
    /** Nobody is there, so its jobs stay live. */
    static final String AWAY = "away";

    static final List<String> WHO_TAKE = List.of(WELL, FLAKY, STRICT, PULLS);

    private final ConsumerServer server = ConsumerServer.start().withoutRecording();
    private final RefusingPort nobody = new RefusingPort();
    private final AtomicInteger calls = new AtomicInteger();

    Subscribers(Ledger ledger) {
        take(WELL, ledger, request -> true);
        take(FLAKY, ledger, request -> calls.incrementAndGet() % 4 != 0);
        take(STRICT, ledger, request -> !diesOf(String.valueOf(request.header("X-Broker-Message-ID"))));
    }

    static boolean diesOf(String message) {
        return message.endsWith("7");
    }

    void register(ApiClient api) {
        api.register(Cluster.CHANNEL, WELL, url("/" + WELL));
        api.subscribe(Cluster.CHANNEL, FLAKY, url("/" + FLAKY));
        api.subscribe(Cluster.CHANNEL, STRICT, url("/" + STRICT), "&maxRetries=1&retryDelays=1");
        api.subscribe(Cluster.CHANNEL, PULLS, url("/" + PULLS), "&type=pull");
        api.subscribe(Cluster.CHANNEL, AWAY, nobody.url("/"));
    }

    /** Whatever has no way of its own is taken, and noted nowhere. */
    String url(String path) {
        return server.url(path);
    }

    private void take(String name, Ledger ledger, Predicate<ReceivedRequest> takes) {
        server.on("/" + name, (request, connection) -> {
            boolean taken = takes.test(request);
            if (taken) {
                ledger.delivered(name, request);
            }
            Behavior.status(taken ? 204 : 503).answer(request, connection);
        });
    }

    @Override
    public void close() {
        server.close();
        nobody.close();
    }
}
