package org.webhookbroker.fault;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.BrokerProcess;
import org.webhookbroker.testing.DatabaseLine;
import org.webhookbroker.testing.MariaDbExtension;

/** Nodes of the packaged broker on one database, each by a line of its own to it. */
final class Cluster implements AutoCloseable {
    static final int NODES = 2;
    static final String CHANNEL = "c";
    static final Duration TAKEOVER = Duration.ofSeconds(2);

    private final MariaDbExtension mariaDb;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final List<DatabaseLine> lines = new ArrayList<>();
    private final List<BrokerProcess> nodes = new ArrayList<>();
    private final List<ApiClient> clients = new ArrayList<>();

    Cluster(MariaDbExtension mariaDb) {
        this.mariaDb = mariaDb;
        for (int i = 0; i < NODES; i++) {
            lines.add(DatabaseLine.to(mariaDb));
            nodes.add(launch(i));
        }
        for (int i = 0; i < NODES; i++) {
            clients.add(new ApiClient(nodes.get(i).url()));
        }
    }

    synchronized ApiClient api(int node) {
        return clients.get(node);
    }

    synchronized BrokerProcess node(int node) {
        return nodes.get(node);
    }

    DatabaseLine line(int node) {
        return lines.get(node);
    }

    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    /** In place of one that has ended. */
    void start(int node) {
        BrokerProcess started = launch(node);
        ApiClient client = new ApiClient(started.url());
        synchronized (this) {
            nodes.set(node, started);
            clients.set(node, client);
        }
    }

    boolean isHealthy(int node) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(node(node).adminUrl() + "/healthcheck"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException noAnswer) {
            return false;
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    boolean isHealthy() {
        return isHealthy(0) && isHealthy(1);
    }

    /** The broker's own books. */
    String accounting() {
        return new ApiClient(node(0).adminUrl()).post("/tasks/accounting");
    }

    private BrokerProcess launch(int node) {
        return BrokerProcess.start(
                mariaDb,
                "DATABASE_URL=" + lines.get(node).jdbcUrl(),
                "DATABASE_SOCKET_TIMEOUT=5s",
                "TAKEOVER_AFTER=" + TAKEOVER.toSeconds() + "s",
                "MAX_RETRIES=200",
                "RETRY_DELAYS=[200ms]",
                "BREAKER_LONGEST_PROBE=2s");
    }

    @Override
    public void close() {
        nodes.forEach(BrokerProcess::close);
        lines.forEach(DatabaseLine::close);
    }
}
