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
import org.webhookbroker.testing.Release;

/** Nodes of the packaged broker on one database, each with its own way to it. */
final class Cluster implements AutoCloseable {
    static final int NODES = 2;
    static final String CHANNEL = "c";
    static final Duration TAKEOVER = Duration.ofSeconds(2);

    private final List<List<String>> access;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final List<BrokerProcess> nodes = new ArrayList<>();
    private final List<ApiClient> clients = new ArrayList<>();

    /** @param access for each node, the settings by which it finds the database */
    Cluster(List<List<String>> access) {
        this(access, Release.built());
    }

    /** @param access for each node, the settings by which it finds the database, and any that differ from those here */
    Cluster(List<List<String>> access, Release release) {
        this.access = access;
        for (int i = 0; i < NODES; i++) {
            nodes.add(launch(i, release));
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

    /** Starts a node in place of one that has ended. */
    void start(int node) {
        start(node, Release.built());
    }

    void start(int node, Release release) {
        BrokerProcess started = launch(node, release);
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
        return accounting(0);
    }

    String accounting(int node) {
        return new ApiClient(node(node).adminUrl()).post("/tasks/accounting");
    }

    private BrokerProcess launch(int node, Release release) {
        List<String> settings = new ArrayList<>(List.of(
                "TAKEOVER_AFTER=" + TAKEOVER.toSeconds() + "s",
                "MAX_RETRIES=200",
                "RETRY_DELAYS=[200ms]",
                "BREAKER_LONGEST_PROBE=2s"));
        settings.addAll(access.get(node));
        return BrokerProcess.start(release, settings);
    }

    @Override
    public void close() {
        nodes.forEach(BrokerProcess::close);
    }
}
