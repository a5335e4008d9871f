package org.webhookbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** A producer and operator that speaks the wire contract. */
public final class ApiClient {
    private final HttpClient http;
    private final String url;

    public ApiClient(String url) {
        this(url, Wire.CLEAR);
    }

    ApiClient(String url, Wire wire) {
        this.http = wire.client().build();
        this.url = url;
    }

    public void register(String channel, String consumer, String callback) {
        put("/producer/p", "token=pt");
        channel(channel);
        subscribe(channel, consumer, callback);
    }

    public void channel(String channel) {
        put("/channel/" + channel, "token=ct");
    }

    /** One more consumer of a channel that exists. */
    public void subscribe(String channel, String consumer, String callback) {
        put(
                "/channel/" + channel + "/consumer/" + consumer,
                "token=kt&callbackUrl=" + URLEncoder.encode(callback, StandardCharsets.UTF_8));
    }

    /** The status of the answer. */
    public CompletableFuture<Integer> broadcast(String channel, String id, String body) {
        return send(channel, id, body).thenApply(HttpResponse::statusCode);
    }

    public CompletableFuture<HttpResponse<String>> send(String channel, String id, String body) {
        return http.sendAsync(message(channel, id, body).build(), HttpResponse.BodyHandlers.ofString());
    }

    public CompletableFuture<HttpResponse<String>> schedule(String channel, String id, String body, Instant dueAt) {
        HttpRequest request = message(channel, id, body)
                .header("X-Broker-Scheduled-For", dueAt.toString())
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder message(String channel, String id, String body) {
        return HttpRequest.newBuilder(URI.create(url + "/channel/" + channel + "/broadcast"))
                .header("X-Broker-Channel-Token", "ct")
                .header("X-Broker-Producer-ID", "p")
                .header("X-Broker-Producer-Token", "pt")
                .header("X-Broker-Message-ID", id)
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    public String get(String path) {
        return send(HttpRequest.newBuilder(URI.create(url + path)).build());
    }

    public String post(String path) {
        return send(HttpRequest.newBuilder(URI.create(url + path))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
    }

    private void put(String path, String form) {
        send(HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .PUT(HttpRequest.BodyPublishers.ofString(form))
                .build());
    }

    private String send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(request.method() + " " + request.uri() + " answered "
                        + response.statusCode() + ": " + response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
