package org.webhookbroker.fault;

import java.util.List;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;

/** The consumers of the channel. They all behave alike, and note in the ledger what they took. */
final class Consumers implements AutoCloseable {
    static final List<String> NAMES = List.of("a", "b", "c");

    private final ConsumerServer server = ConsumerServer.start().withoutRecording();
    private volatile Behavior mood = Behavior.status(200);
    private volatile boolean takes = true;

    Consumers(Ledger ledger) {
        for (String name : NAMES) {
            server.on("/" + name, (request, connection) -> {
                Behavior now = mood;
                if (takes) {
                    ledger.delivered(name, request);
                }
                now.answer(request, connection);
            });
        }
    }

    void register(Cluster cluster) {
        ApiClient api = cluster.api(0);
        api.register(Cluster.CHANNEL, NAMES.get(0), url(NAMES.get(0)));
        NAMES.subList(1, NAMES.size()).forEach(name -> api.subscribe(Cluster.CHANNEL, name, url(name)));
    }

    private String url(String name) {
        return server.url("/" + name);
    }

    /** From now on they take nothing, and answer so. */
    void refuse(Behavior way) {
        takes = false;
        mood = way;
    }

    /** Also ends what hangs. */
    void behave() {
        mood = Behavior.status(200);
        takes = true;
        server.closeConnections();
    }

    @Override
    public void close() {
        server.close();
    }
}
