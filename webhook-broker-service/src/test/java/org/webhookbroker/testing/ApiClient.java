package org.webhookbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** A producer and operator that speaks the wire contract. */
public final class ApiClient {
    private static final String FORM = "application/x-www-form-urlencoded";

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
        subscribe(channel, consumer, callback, "");
    }

    /** @param more fields of the form, each with {@code &} before it */
    public void subscribe(String channel, String consumer, String callback, String more) {
        put(
                "/channel/" + channel + "/consumer/" + consumer,
                "token=kt&callbackUrl=" + URLEncoder.encode(callback, StandardCharsets.UTF_8) + more);
    }

    /** A request of the pull consumer: what it leases, or says of leases. */
    public CompletableFuture<HttpResponse<String>> jobs(String channel, String consumer, String what, String json) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(url + "/channel/" + channel + "/consumer/" + consumer + "/jobs/" + what))
                .header("X-Broker-Channel-Token", "ct")
                .header("X-Broker-Consumer-Token", "kt")
                .timeout(Duration.ofSeconds(15))
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
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

    /** Changes a consumer as it is now. */
    public void patch(String channel, String consumer, String form) {
        String path = "/channel/" + channel + "/consumer/" + consumer;
        HttpResponse<String> shown =
                answer(HttpRequest.newBuilder(URI.create(url + path)).build());
        send(HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", FORM)
                .header(
                        "If-Unmodified-Since",
                        shown.headers().firstValue("Last-Modified").orElseThrow())
                .method("PATCH", HttpRequest.BodyPublishers.ofString(form))
                .build());
    }

    private void put(String path, String form) {
        send(HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", FORM)
                .PUT(HttpRequest.BodyPublishers.ofString(form))
                .build());
    }

    private String send(HttpRequest request) {
        return answer(request).body();
    }

    private HttpResponse<String> answer(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(request.method() + " " + request.uri() + " answered "
                        + response.statusCode() + ": " + response.body());
            }
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
